/**
 * `sealbox declare-compromise`: if a key were in other hands since a moment, which documents stay provable and which do not, and how
 * two officers state it. Reads the journal beside a running box and changes nothing.
 */
import { existsSync } from 'node:fs'
import { isSha256, openJournalFiles, visitEntries } from '../../ca/index.ts'
import {
  createDrill,
  rolledServices,
  type Drill,
  type DrillDocument,
  type DrillReport,
} from '../../exchange/index.ts'
import { pathsOf } from '../box/data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { visible } from '../visible.ts'
import { dataDirectory, momentOf, options, required, say } from './options.ts'

const known = {
  since: { type: 'string' },
  certificate: { type: 'string', multiple: true },
  key: { type: 'string', multiple: true },
  data: { type: 'string' },
  json: { type: 'boolean' },
} as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const since = momentOf(required(values.since, '--since'))
  const { journal } = pathsOf(dataDirectory(values.data))
  if (!existsSync(journal)) throw new ApplianceError('FILE_MISSING', `there is no ${journal}`)
  const drill = await drillOf(journal)
  const named = (values.certificate ?? []).map((name) => certificateOf(drill, name))
  const wanted = named.length === 0 ? ['timestamping'] : []
  const served = (values.key ?? wanted).map((key) => serviceOf(drill, key, since))
  const certificates = [...new Set([...named, ...served])]
  const report = drill.report({ since, certificates })
  if (values.json === true) say(JSON.stringify(jsonOf(drill, report)))
  else for (const line of lines(drill, report)) say(line)
  return 0
}

async function drillOf(directory: string): Promise<Drill> {
  const drill = createDrill()
  const files = openJournalFiles(directory)
  try {
    await visitEntries(files, (entry) => {
      drill.add(entry)
    })
  } finally {
    await files.close()
  }
  return drill
}

function certificateOf(drill: Drill, given: string): string {
  const name = given.toLowerCase().replaceAll(':', '')
  if (isSha256(name) && drill.certificate(name) !== undefined) return name
  throw new ApplianceError('USAGE', `${given} is no certificate (SHA-256) of this box`)
}

/** A key by its name, or the generation of a role that served at that moment. */
function serviceOf(drill: Drill, name: string, since: Date): string {
  const { services } = drill
  const ofRole = services.filter(({ role }) => role === name)
  const serving = ofRole.findLast(({ activatedAt }) => new Date(activatedAt) <= since) ?? ofRole[0]
  const found = serving ?? services.find(({ key }) => key === name)
  if (found !== undefined) return found.certificate
  const all = services.map(({ key }) => key).join(', ')
  throw new ApplianceError('USAGE', `--key takes one of: ${all}`)
}

function jsonOf(drill: Drill, report: DrillReport): object {
  const { provable, notProvable } = report
  const ifListed = notProvable.filter((one) => one.ifListed).length
  return {
    ...report,
    counts: { provable: provable.length, notProvable: notProvable.length, ifListed },
    next: nextSteps(drill, report),
  }
}

function lines(drill: Drill, report: DrillReport): string[] {
  const { since, keys, provable, notProvable, untouched } = report
  const ifListed = notProvable.filter((one) => one.ifListed).length
  return [
    `假定下列密钥自 ${since} 起在他人手中。什么都没有改动。`,
    `Supposing that these keys are in other hands since ${since}. Nothing was changed.`,
    ...keys.map(({ sha256, profile, holder }) => `  ${profile}  ${visible(holder)}  ${sha256}`),
    '',
    `仍可证明 stay provable: ${String(provable.length)}`,
    ...provable.map(documentLine),
    '',
    `不能证明 do not: ${String(notProvable.length)}`,
    ...notProvable.map(documentLine),
    ...(ifListed === 0
      ? []
      : [
          `  其中 ${String(ifListed)} 份标 * 的，日志有记载，声明中列出后仍可证明。`,
          `  ${String(ifListed)} of these, marked *, are known to the journal: provable once the statement lists what it knows.`,
        ]),
    '',
    `未涉及 untouched: ${String(untouched)}`,
    '',
    '接着办 How to go on:',
    ...nextSteps(drill, report).map((step) => `  ${step}`),
  ]
}

function documentLine({ number, id, acts, ifListed }: DrillDocument): string {
  const times = acts.flatMap(({ provenAt }) => provenAt ?? []).toSorted()
  return `  ${ifListed ? '*' : ' '} ${visible(number ?? '—')}  ${id}  ${times[0] ?? '—'}`
}

/** The orders that two officers sign; a key that still stamps is rolled over before anything is stated of it. */
function nextSteps({ services }: Drill, { keys, since }: DrillReport): string[] {
  const steps = keys.flatMap(({ sha256, profile, holder }) => {
    const own = services.find(({ certificate }) => certificate === sha256)
    const current = services.findLast(({ role }) => role === own?.role)
    const isServing = own !== undefined && current?.certificate === sha256
    const isRolled = isServing && rolledServices.some((role) => role === own.role)
    return [
      ...(isRolled
        ? [`sealbox orders propose roll-over-service --role ${own.role} --reason WORDS --unit DIR`]
        : []),
      ...(own === undefined
        ? [`/certificates/${sha256}  (${visible(holder)}: 吊销 revoke, keyCompromise, ${since})`]
        : profile === 'timestamping'
          ? []
          : [
              `sealbox orders propose revoke-service --certificate ${sha256} --revocation keyCompromise --invalid-since ${since} --reason WORDS --unit DIR`,
            ]),
      `sealbox orders propose state-compromise --certificate ${sha256} --from ${since} --reason WORDS --unit DIR`,
    ]
  })
  return [
    ...steps,
    'sealbox orders countersign ID --unit DIR   (另一名安全员 another officer, each time)',
    'sealbox verify FILE... --trust root.pem --statements compromise',
  ]
}
