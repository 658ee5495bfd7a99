/** Traffic for a lesson: servers and clients of this program that meet on one TCP port of this machine. */
export interface Scene {
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
}
