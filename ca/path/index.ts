/** Public face of path validation and of what a verifier needs besides: isomorphic, no `node:` module, no I/O. */
export * from '../bytes.ts'
