/** The form of a draft as it was filled in, and the draft it stands for. Pure. */
import {
  blocksFromText,
  recipientsFromText,
  type DraftForm,
  type Unit,
  type Upload,
} from '../../../../exchange/index.ts'

/** Fields with one value. */
export const textFields = [
  'mode',
  'kind',
  'direction',
  'urgency',
  'title',
  'main',
  'copies',
  'body',
  'signatory',
  'note',
  'upload',
] as const
/** Fields with a value for each tick or file. */
export const listFields = [
  'mainUnits',
  'copyUnits',
  'jointUnits',
  'attachments',
  'attachmentNames',
] as const

type TextField = (typeof textFields)[number]
type ListField = (typeof listFields)[number]

/** A file that was taken in, as a hidden field carries it. */
export type KeptFile = Pick<Upload, 'sha256' | 'fileName' | 'bytes'>

/** A form with every field there. */
export interface Filled {
  readonly text: (field: TextField) => string
  readonly list: (field: ListField) => readonly string[]
  readonly form: DraftForm
}

export const emptyForm: DraftForm = { kind: ['通知'], direction: ['down'] }

/** Reads the fields that are ours; others are dropped. */
export function formFrom(fields: URLSearchParams): DraftForm {
  const removed = new Set(fields.getAll('remove'))
  const kept = fields.getAll('attachments')
  const names = fields.getAll('attachmentNames')
  const form: Record<string, string[]> = {}
  for (const field of [...textFields, ...listFields]) {
    const values = fields.getAll(field).map((value) => value.replaceAll('\r\n', '\n'))
    if (values.length > 0) form[field] = values
  }
  const stay = kept.map((_, at) => at).filter((at) => !removed.has(String(at)))
  return {
    ...form,
    attachments: stay.map((at) => kept[at] ?? ''),
    attachmentNames: stay.map((at) => names[at] ?? ''),
  }
}

export function filled(form: DraftForm): Filled {
  return {
    form,
    text: (field) => form[field]?.[0] ?? '',
    list: (field) => form[field] ?? [],
  }
}

/** The file that a hidden field names; undefined for what we never wrote. Whether it is this unit's is asked when it is used. */
export function keptFile(text: string): KeptFile | undefined {
  try {
    const { sha256, fileName, bytes } = JSON.parse(text) as Partial<KeptFile>
    const fits =
      typeof sha256 === 'string' && typeof fileName === 'string' && typeof bytes === 'number'
    return fits ? { sha256, fileName, bytes } : undefined
  } catch {
    return undefined
  }
}

/** The same form with one more attachment. */
export function withAttachment(form: DraftForm, file: KeptFile): DraftForm {
  const name = file.fileName.replace(/\.[^.]{1,8}$/, '')
  return {
    ...form,
    attachments: [...(form['attachments'] ?? []), JSON.stringify(file)],
    attachmentNames: [...(form['attachmentNames'] ?? []), name],
  }
}

/** What is handed on: a draft, or an uploaded PDF with its head. Judged by the office, not here. */
export function bodyFrom(
  form: DraftForm,
  of: { readonly unit: Unit; readonly units: readonly Unit[] },
): object {
  const { unit, units } = of
  const { text, list } = filled(form)
  const organ = ({ name, uscc, agencyCode }: Unit): object => ({ name, unit: uscc, agencyCode })
  const ticked = (field: ListField): Unit[] =>
    units.filter(({ uscc }) => list(field).includes(uscc))
  const recipients = (names: string, field: ListField): object[] => [
    ...ticked(field).map(({ name, uscc }) => ({ name, unit: uscc })),
    ...recipientsFromText(names, units),
  ]
  const head = {
    kind: text('kind'),
    direction: text('direction'),
    issuers: [organ(unit), ...ticked('jointUnits').map(organ)],
    mainRecipients: recipients(text('main'), 'mainUnits'),
    copies: recipients(text('copies'), 'copyUnits'),
    title: text('title').trim(),
    attachments: attachmentsOf(form),
    ...optional('urgency', text('urgency')),
  }
  if (text('mode') === 'upload') return { ...head, upload: keptFile(text('upload'))?.sha256 ?? '' }
  return {
    ...head,
    body: blocksFromText(text('body')),
    printedBy: unit.name,
    ...optional('signatory', text('signatory').trim()),
    ...optional('note', text('note').trim()),
  }
}

function attachmentsOf(form: DraftForm): object[] {
  const names = form['attachmentNames'] ?? []
  return (form['attachments'] ?? []).flatMap((text, at) => {
    const file = keptFile(text)
    if (file === undefined) return []
    const name = names[at]?.trim()
    return [{ name: name === undefined || name === '' ? file.fileName : name, ...file }]
  })
}

function optional(name: string, value: string): object {
  return value === '' ? {} : { [name]: value }
}
