/** Traffic for a lesson: servers and clients of this program that meet on one TCP port of this machine, or on two. */
export interface Scene {
  /** True: something listens on the port behind the first one, too (`portBehind`). A relay cannot stand in front of both. */
  readonly twoPorts?: boolean
  /** Makes the traffic and leaves nothing behind, however it ends. Throws a DemoError that says why it failed. */
  run(options: SceneOptions): Promise<void>
}

export interface SceneOptions {
  readonly host: string
  /** Where the server listens; 0 takes any free port. */
  readonly port: number
  readonly secret: string
  /** Called with the server's port once it listens; resolves to the port that clients connect to, which may be a relay's. */
  ready(port: number): Promise<number>
  /** Called before that with a private key, in PEM, that the spy of the lesson will have. */
  lose?(key: string): void
}

/** The second port of a scene that takes two. */
export function portBehind(port: number): number {
  return port < 65_535 ? port + 1 : port - 1
}
