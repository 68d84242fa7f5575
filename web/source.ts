/** Where a request comes from, for limits and for the record of refusals: a holder, or an address. Pure but for the socket. */
import type { Context } from 'koa'
import { createHash } from 'node:crypto'
import { TLSSocket } from 'node:tls'
import type { Principal } from '../exchange/index.ts'

export interface Source {
  /** `seat:…`, `person:…`, or `anonymous:ADDRESS`. */
  readonly name: string
  /** SHA-256 of the certificate that was shown, live or not; null if none was. */
  readonly certificate: string | null
}

export function sourceOf(koa: Context): Source {
  const actor = koa.state['actor'] as Principal | undefined
  if (actor !== undefined) return { name: actor.holder, certificate: actor.certificate }
  const address = networkOf(koa.req.socket.remoteAddress ?? '')
  return { name: `anonymous:${address}`, certificate: shownCertificate(koa) }
}

function shownCertificate(koa: Context): string | null {
  const { socket } = koa.req
  const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.raw : undefined
  return shown === undefined ? null : createHash('sha256').update(shown).digest('hex')
}

/** An IPv4 address, or the first 64 bits of an IPv6 one: whoever has one of those has all behind it (RFC 6177 2). */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const missing = Math.max(0, 8 - groups(head).length - groups(tail).length)
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)]
  return `${all.slice(0, 4).join(':')}::/64`
}
