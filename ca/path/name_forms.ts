/**
 * Whether a name of one form lies within a constraint of that form (RFC 5280 4.2.1.10); undefined where name or constraint is not well
 * formed, so that nothing can be told. Pure.
 */

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/

/** Whether a text is a host name in the preferred syntax (RFC 1034 3.5, underscores tolerated): no root dot, no wildcard. */
export function isHost(text: string): boolean {
  const host = text.toLowerCase()
  return host.length <= 253 && host.split('.').every((part) => label.test(part))
}

/** A DNS name is within its own subtree and all names got by adding labels to the left. `excluding` widens what a wildcard covers. */
export function dnsWithin(
  text: string,
  constraint: string,
  excluding: boolean,
): boolean | undefined {
  const [name, base] = [text.toLowerCase(), constraint.toLowerCase()]
  const isWild = name.startsWith('*.')
  if (!isHost(isWild ? name.slice(2) : name) || (base !== '' && !isHost(base))) return undefined
  if (base === '' || name === base || name.endsWith(`.${base}`)) return true
  // `*.example.org` may stand for a host that the exclusion of `host.example.org` names.
  return excluding && isWild && `.${base}`.endsWith(name.slice(1))
}

/** A mailbox within a mailbox, a host, or with a leading period all hosts below. */
export function mailWithin(mailbox: string, base: string): boolean | undefined {
  const name = mailboxParts(mailbox)
  if (!name) return undefined
  if (!base.includes('@')) return hostWithin(name.host, base.toLowerCase())
  const wanted = mailboxParts(base)
  return wanted && name.local === wanted.local && name.host === wanted.host
}

/** Local part and host (RFC 5321 4.1.2): an @ in the local part only if it is quoted. */
function mailboxParts(text: string): { readonly local: string; readonly host: string } | undefined {
  const at = text.lastIndexOf('@')
  const [local, host] = [text.slice(0, Math.max(0, at)), text.slice(at + 1).toLowerCase()]
  const isQuoted = /^"([^"\\]|\\.)*"$/.test(local)
  if (local === '' || (local.includes('@') && !isQuoted) || !isHost(host)) return undefined
  return { local, host }
}

/** A URI by its host; one without a host, or with an address for one, cannot be judged. */
export function uriWithin(uri: string, base: string): boolean | undefined {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri) ?? []
  const host = authority?.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase()
  if (!host || !isHost(host) || /^[\d.]+$/.test(host)) return undefined
  return hostWithin(host, base.toLowerCase())
}

/** A host constraint: with a leading period all hosts below, else that host alone. */
function hostWithin(host: string, base: string): boolean | undefined {
  const below = base.startsWith('.')
  if (!isHost(below ? base.slice(1) : base)) return undefined
  return below ? host.endsWith(base) : host === base
}

/** Address within network and mask (RFC 4632 style, 8 or 32 octets); a mask with gaps is none. */
export function addressWithin(address: Uint8Array, network: Uint8Array): boolean | undefined {
  if (network.length !== 8 && network.length !== 32) return undefined
  const half = network.length / 2
  const bits = Array.from(network.subarray(half), (octet) => octet.toString(2).padStart(8, '0'))
  if (!/^1*0*$/.test(bits.join(''))) return undefined
  if (address.length !== half) return false
  return address.every((octet, at) => {
    const mask = network[half + at] ?? 0
    return (octet & mask) === ((network[at] ?? 0) & mask)
  })
}
