/**
 * One QEMU, one build at a time on a machine, whoever runs tests: a lock that ends with its process, in `SEALBOX_TURNS` or /tmp.
 * Not to be held by whoever starts the tests. Test support.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** Waits for the turn of `name`, holds it until disposed. */
export async function ownTurn(name: 'qemu' | 'build'): Promise<AsyncDisposable> {
  // The inner process has the lock for as long as its standard input is open.
  const holder = spawn(
    'flock',
    [join(process.env['SEALBOX_TURNS'] ?? '/tmp', `${name}.lock`), 'sh', '-c', 'echo; exec cat'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise<void>((resolve) =>
    holder.once('close', () => {
      resolve()
    }),
  )
  await new Promise<void>((resolve, reject) => {
    holder.once('error', reject)
    holder.stdout.once('data', () => {
      resolve()
    })
  })
  return {
    [Symbol.asyncDispose]: async () => {
      holder.stdin.end()
      await ended
    },
  }
}
