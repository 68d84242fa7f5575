/**
 * Checks of general names (RFC 5280 4.2.1.6, 4.2.1.10): host names, mailboxes, addresses and URIs, as the linter holds them against
 * their grammars. Pure. `GeneralName`s whose tag no grammar here knows pass.
 */
import type { Node } from '../../der/read.ts'

const maxHostOctets = 253
const maxLabelOctets = 63
const label = /^(?!-)[a-z0-9-]+(?<!-)$/i
const mailbox = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i

/** Text of an IA5String; undefined if it is none. */
export function ia5Text(contents: Uint8Array): string | undefined {
  let text = ''
  for (const octet of contents) {
    if (octet > 0x7f) return undefined
    text += String.fromCharCode(octet)
  }
  return text
}

/** Names of the checks that a host name breaks; a first label `*` passes. */
export function hostNameChecks(host: string): string[] {
  const labels = host.split('.')
  const own = labels[0] === '*' && labels.length > 1 ? labels.slice(1) : labels
  return [
    ...(host.length > maxHostOctets ? ['e_ext_san_dns_name_too_long'] : []),
    ...(labels.includes('') ? ['e_dnsname_empty_label'] : []),
    ...(labels.some((one) => one.length > maxLabelOctets) ? ['e_dnsname_label_too_long'] : []),
    ...(own.some((one) => one !== '' && !label.test(one))
      ? ['e_dnsname_bad_character_in_label']
      : []),
  ]
}

/** Whether the text is a mailbox of RFC 2821 as RFC 5280 4.2.1.6 takes it: local part and host, no quotes, no comments. */
export function isMailbox(text: string): boolean {
  const at = text.lastIndexOf('@')
  return (
    mailbox.test(text.slice(0, Math.max(at, 0))) && hostNameChecks(text.slice(at + 1)).length === 0
  )
}

/** Names of the checks that one alternative name breaks. */
export function alternativeNameChecks({ tag, contents }: Node): string[] {
  const text = ia5Text(contents)
  if (contents.length === 0 && tag !== 0xa4) return ['e_ext_san_empty_name']
  switch (tag) {
    case 0x81:
      if (text === undefined) return ['e_ext_san_rfc822_name_not_ia5']
      return isMailbox(text) ? [] : ['e_ext_san_rfc822_format_invalid']
    case 0x82:
      if (text === undefined) return ['e_ext_san_dns_not_ia5_string']
      return text.includes(' ') ? ['e_ext_san_space_dns_name'] : hostNameChecks(text)
    case 0x86:
      return uriChecks(contents, 'e_ext_san_uri_format_invalid')
    case 0x87:
      return contents.length === 4 || contents.length === 16 ? [] : ['e_ext_san_ip_length']
    default:
      return []
  }
}

/** Scheme, then an authority, of which the host counts, then the rest in the characters of a URI (RFC 3986 3, appendix A). */
const absoluteUri =
  /^[a-z][a-z0-9+.-]*:(?:\/\/(?:[^/?#@[\]]*@)?(?<host>\[[0-9a-f:.]+\]|[^/?#@:[\]]*)(?::\d*)?(?=[/?#]|$))?[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/i

/** `invalid` if the octets are no absolute URI, or one whose host no name service can know. */
export function uriChecks(contents: Uint8Array, invalid: string): string[] {
  const found = absoluteUri.exec(ia5Text(contents) ?? '')
  if (!found || found[0].endsWith(':')) return [invalid]
  const host = found.groups?.['host'] ?? ''
  // An address in brackets or of digits is no name.
  if (host === '' || host.startsWith('[') || /^[\d.]+$/.test(host)) return []
  return hostNameChecks(host).length > 0 ? [invalid] : []
}

/** Whether an rfc822Name constraint is a mailbox, a host, or a domain after one dot (RFC 5280 4.2.1.10). */
export function isMailConstraint(text: string): boolean {
  if (text.includes('@')) return isMailbox(text)
  return text === '' || hostNameChecks(text.startsWith('.') ? text.slice(1) : text).length === 0
}
