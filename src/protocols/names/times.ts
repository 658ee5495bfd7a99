// Times and spans of time, as Wireshark writes them.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const UNITS: readonly (readonly [string, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** "Nov  7, 2023 05:46:40.000000000 UTC", from seconds since 1970 and nanoseconds. */
export function dateText(seconds: number, nanos = 0): string {
  const date = new Date(seconds * 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}, ${date.getUTCFullYear()}`
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${day} ${clock}.${String(nanos).padStart(9, '0')} UTC`
}

/** "1 day, 10 hours, 12 minutes, 3 seconds"; units that are 0 are left out, "0 seconds" stands for none at all. */
export function spanText(seconds: number): string {
  let text = ''
  let rest = seconds
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) text += `${text === '' ? '' : ', '}${count} ${unit}${count === 1 ? '' : 's'}`
  }
  return text === '' ? '0 seconds' : text
}
