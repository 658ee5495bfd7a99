// What protocols keep for a whole capture, one object each.

import type { Shelf } from '../core/memory.ts'

export class ObjectShelf implements Shelf {
  private readonly objects = new Map<() => object, object>()

  keep<T extends object>(make: () => T): T {
    const known = this.objects.get(make)
    if (known !== undefined) return known as T
    const made = make()
    this.objects.set(make, made)
    return made
  }
}
