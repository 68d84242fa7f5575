/** Syslog messages (RFC 5424) and their framing over TLS (RFC 5425 4.3). Pure. */

/** RFC 5424 6.2.1: 3 system daemons, 13 log audit. */
export const facilities = { daemon: 3, audit: 13 } as const
export const severities = {
  critical: 2,
  error: 3,
  warning: 4,
  notice: 5,
  informational: 6,
} as const

export interface SyslogMessage {
  readonly facility: keyof typeof facilities
  readonly severity: keyof typeof severities
  readonly at: Date
  /** MSGID: of what kind it is. */
  readonly kind: string
  /** Parameters of the one structured element, in order. */
  readonly data: Readonly<Record<string, string>>
  readonly text: string
}

/** Of documentation (RFC 5612), as the box's object identifiers are (ADR 9). */
const elementId = 'sealbox@32473'
/** RFC 5425 4.3.1: receivers should take 8192 octets. */
const maxOctets = 8192
/** The rest of the message around its words. */
const maxText = 4096

/** SYSLOG-MSG (RFC 5424 6) as octets; words that are too long are cut. */
export function writeMessage(
  message: SyslogMessage,
  from: { readonly host: string; readonly process: number },
): Uint8Array {
  const { facility, severity, at, kind, data, text } = message
  const priority = facilities[facility] * 8 + severities[severity]
  const header = [
    `<${String(priority)}>1`,
    at.toISOString(),
    printable(from.host, 255),
    'sealbox',
    String(from.process),
    printable(kind, 32),
  ].join(' ')
  const parameters = Object.entries(data).map(
    ([name, value]) => ` ${printable(name, 32).replace(/[=\]"]/g, '_')}="${escaped(value)}"`,
  )
  const element = `[${elementId}${parameters.join('')}]`
  // 6.4: UTF-8 words begin with the byte order mark.
  const whole = `${header} ${element} \ufeff${oneLine(text).slice(0, maxText)}`
  return new TextEncoder().encode(whole).subarray(0, maxOctets)
}

/** SYSLOG-FRAME (RFC 5425 4.3): the length in octets, a space, the message. */
export function frame(message: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${String(message.length)} `), message])
}

/** PRINTUSASCII of at most so many characters; NILVALUE where nothing is left. */
function printable(text: string, max: number): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, max) || '-'
}

/** RFC 5424 6.3.3. */
function escaped(value: string): string {
  return oneLine(value)
    .slice(0, 1024)
    .replace(/["\\\]]/g, (char) => `\\${char}`)
}

/** Whoever keeps lines must not take one message for two. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ')
}
