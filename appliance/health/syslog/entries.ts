/** Which entries of the journal a collector of the district is told of, and how: trust and keepers, never who writes to whom. Pure. */
import type { Entry } from '../../../ca/index.ts'
import type { AlarmNews } from '../alarms.ts'
import type { SyslogMessage } from './message.ts'

/** Beginnings of types. Not in it: documents, time-stamps, evidence. What units do is no matter of those who keep the machines. */
const told = [
  ...[
    'act.refused',
    'backup.',
    'box.',
    'ceremony.',
    'certificate.',
    'clock.',
    'compromise.',
    'crl.',
  ],
  ...['enrolment.', 'monitoring.', 'order.', 'person.', 'release.', 'revocation.', 'roster.'],
  ...['seat.', 'service.', 'signatures.', 'state.', 'unit.', 'upgrade.', 'upload.'],
]

const grave = [
  'act.refused',
  'certificate.revoked',
  'clock.held',
  'compromise.',
  'enrolment.contested',
]

export function isTold({ type, subject }: Pick<Entry, 'type' | 'subject'>): boolean {
  return told.some((begin) => type.startsWith(begin)) && !subject.startsWith('document:')
}

export function entryMessage(entry: Entry): SyslogMessage {
  const { index, type, time, actor, subject } = entry
  return {
    facility: 'audit',
    severity: grave.some((begin) => type.startsWith(begin)) ? 'warning' : 'informational',
    at: new Date(time),
    kind: type,
    data: {
      index: String(index),
      actor: actor.holder,
      subject,
      ...(actor.certificate !== null && { certificate: actor.certificate }),
    },
    text: `${type} ${subject} by ${actor.holder}`,
  }
}

/** A signed head of the journal: the collector keeps it, and so can be asked later what the journal was. */
export function headMessage(checkpoint: string, at: Date): SyslogMessage {
  const [origin = '', size = '', root = ''] = checkpoint.split('\n')
  return {
    ...{ facility: 'audit', severity: 'notice', at, kind: 'journal.head' },
    data: { origin, size, root, checkpoint: Buffer.from(checkpoint).toString('base64') },
    text: `journal of ${origin}: ${size} entries, root ${root}`,
  }
}

export function alarmMessage({ kind, at, alarm }: AlarmNews): SyslogMessage {
  const severity = kind === 'ended' ? 'notice' : alarm.state === 'bad' ? 'critical' : 'warning'
  const { what, value, advice } = alarm.en
  return {
    ...{ facility: 'daemon', severity, at: new Date(at), kind: `alarm.${kind}` },
    data: { check: alarm.code, state: alarm.state, since: alarm.since },
    text: `${what}: ${value}${kind === 'ended' || advice === '' ? '' : `. ${advice}`}`,
  }
}
