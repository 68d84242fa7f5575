/** What may be typed: names, addresses, identifiers and times as the set-up takes them. Pure; each gives why not, or undefined. */
import { isIP, isIPv4 } from 'node:net'
import type { Dialogue } from './dialogue.ts'

type Words = Pick<Dialogue, 'w'>

/** RFC 1123 2.1: what certificates and browsers take as a host name. */
export function hostNameFault({ w }: Words, typed: string): string | undefined {
  const labels = typed.split('.')
  const isName =
    typed.length <= 253 &&
    labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label)) &&
    // A last label of digits alone is read as an address (RFC 1123 2.1).
    !/^\d+$/.test(labels.at(-1) ?? '')
  return isName
    ? undefined
    : w(
        '域名只用小写字母、数字、连字符和点，如 sealbox.qu.gov',
        'A host name has small letters, digits, hyphens and dots, such as sealbox.district.lan',
      )
}

/** It stands in common names of at most 64 characters (`BoxIdentity`). */
export const maxDistrictCharacters = 40

export function districtFault({ w }: Words, typed: string): string | undefined {
  return Array.from(typed).length <= maxDistrictCharacters
    ? undefined
    : w('最多四十个字。', 'At most forty characters.')
}

/** Identifiers of people, as `appoint` takes them. */
export function personFault({ w }: Words, typed: string): string | undefined {
  return /^[a-z0-9][a-z0-9.-]{0,63}$/.test(typed)
    ? undefined
    : w(
        '标识只用小写字母、数字、点和连字符，如 officer-1',
        'An identifier has small letters, digits, dots and hyphens, such as officer-1',
      )
}

/** An address with the length of its network's prefix, as `10.1.2.3/24`. */
export function networkAddressFault({ w }: Words, typed: string): string | undefined {
  const [address = '', prefix = '', ...more] = typed.split('/')
  const bits = isIPv4(address) ? 32 : 128
  const isOne =
    isIP(address) !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits && more.length === 0
  return isOne && Number(prefix) > 0
    ? undefined
    : w('请输入地址和前缀长度，如 10.1.2.3/24', 'An address with its prefix, such as 10.1.2.3/24')
}

export function addressFault({ w }: Words, typed: string): string | undefined {
  return isIP(typed) === 0
    ? w('请输入地址，如 10.1.2.1', 'An address, such as 10.1.2.1')
    : undefined
}

/** Addresses between blanks or commas. */
export function addressesIn(typed: string): string[] {
  return typed.split(/[\s,，、;；]+/).filter((one) => one !== '')
}

export function zoneFault({ w }: Words, typed: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: typed })
    // Offsets are taken by Intl too, but are no zone of a district.
    if (/^[A-Z]/.test(typed)) return undefined
  } catch {
    // Told below.
  }
  return w('没有这个时区，如 Asia/Shanghai', 'There is no such zone; one is Asia/Shanghai')
}

/** The moment that a wall clock of a zone shows, typed as `2026-11-26 08:30` with seconds or without; undefined if it is none. */
export function momentIn(zone: string, typed: string): Date | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?$/.exec(typed)
  if (found === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0))
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
  // A day that the month lacks, or hour 24, comes back as another one.
  if (
    new Date(asUtc).toISOString().slice(0, 16).replace('T', ' ') !==
    typed.slice(0, 16).replace('T', ' ')
  )
    return undefined
  // Twice: the first guess may lie beyond a change to or from summer time.
  const guess = asUtc - offsetAt(zone, asUtc)
  return new Date(asUtc - offsetAt(zone, guess))
}

/** What a wall clock of the zone shows, to the minute or the second. */
export function clockIn(zone: string, at: Date, digits: 16 | 19 = 16): string {
  return new Date(at.getTime() + offsetAt(zone, at.getTime()))
    .toISOString()
    .slice(0, digits)
    .replace('T', ' ')
}

/** Milliseconds that the zone is ahead of UTC at a moment. */
function offsetAt(zone: string, ms: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  }).formatToParts(ms)
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value)
  const shown = Date.UTC(
    of('year'),
    of('month') - 1,
    of('day'),
    of('hour'),
    of('minute'),
    of('second'),
  )
  return shown - Math.floor(ms / 1000) * 1000
}
