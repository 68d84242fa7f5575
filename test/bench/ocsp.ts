/**
 * Certificate status a second over HTTP keep-alive, answered from what was signed before, against a bare Koa handler that answers as many
 * bytes: same process, same run, turn about.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { asking, postOf } from './asking.ts'
import { figure, turnAbout, type Figure } from './figure.ts'

const rounds = 6

/** Runs the bench: one figure, in requests a second. */
export async function ocsp(): Promise<Figure[]> {
  const child = fork(new URL('tsa_server.ts', import.meta.url))
  const [told] = (await once(child, 'message')) as [
    { readonly tsa: number; readonly bare: number; readonly ocspRequests: readonly string[] },
  ]
  const requests = told.ocspRequests.map((body) =>
    postOf('/ocsp', 'application/ocsp-request', Buffer.from(body, 'base64')),
  )
  let next = 0
  const request = (): Buffer => requests[next++ % requests.length] ?? Buffer.alloc(0)
  const [ours, theirs] = await Promise.all([asking(told.tsa, request), asking(told.bare, request)])
  const { value, reached } = await turnAbout({ rounds, ours: ours.ask, theirs: theirs.ask })
  for (const { end } of [ours, theirs]) end()
  child.disconnect()
  return [figure('ocsp', value, 'requests/s', reached)]
}
