/** Runs the bundler (esbuild, docs/adr/0015-pages-of-one-file.md). */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Ten times of what a page has; a bundle that is written to files says nothing. */
const maxOutputBytes = 16 * 1024 * 1024
/** A busy machine with two processors takes ten seconds. */
const timeoutMs = 120_000

/**
 * What it writes to standard output. It is run by the very Node that runs this: its own interface would take the first `node` in the PATH,
 * and leave a process behind.
 */
export async function runBundler(
  args: readonly string[],
  { cwd, signal }: { readonly cwd?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const esbuild = fileURLToPath(import.meta.resolve('esbuild-wasm/bin/esbuild'))
  const always = ['--bundle', '--log-level=error', '--tsconfig-raw={}']
  const { stdout } = await promisify(execFile)(process.execPath, [esbuild, ...args, ...always], {
    ...{ encoding: 'utf8', maxBuffer: maxOutputBytes, timeout: timeoutMs },
    ...(cwd !== undefined && { cwd }),
    ...(signal && { signal }),
  })
  return stdout
}
