/** Rows of the administrator's page of backups. */
import * as z from 'zod'
import { isSha256 } from '../../../ca/index.ts'
import { actorOf } from '../../api/common.ts'
import { WebError } from '../../errors.ts'
import { route, type Answer, type Request, type Route } from '../../types.ts'
import { backupsPage } from './page.ts'

const there = '/backups'

const post = (path: string, summary: string, handle: Route['handle']): Route =>
  route({ ...{ method: 'POST', path, who: 'administrator', form: 'fields' }, summary, handle })

export const backupPageRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: there, who: 'administrator' },
    summary: 'Page: backups that were made, their schedule, and drills',
    handle: backupsPage,
  }),
  post('/backups/make', 'Begins a backup', async (request) => {
    const kind = request.form.fields.get('kind') === 'full' ? 'full' : 'increment'
    await request.parts.backups.begin(actor(request), kind)
    return { redirect: there }
  }),
  post('/backups/drill', 'Begins a drill', async (request) => {
    await request.parts.backups.drill(actor(request))
    return { redirect: there }
  }),
  post('/backups/schedule', 'Sets when backups are made and how many are kept', schedule),
  post('/backups/:backup/stick', 'Copies a backup to the stick in the box', async (request) => {
    await request.parts.backups.toStick(nameIn(request))
    return { redirect: there }
  }),
  route({
    ...{ method: 'GET', path: '/backups/:backup/file', who: 'administrator' },
    summary: 'A backup as a file: encrypted to the custodians',
    handle: file,
  }),
]

const actor = (request: Request): { readonly holder: string; readonly certificate: string } => {
  const { holder, certificate } = actorOf(request)
  return { holder, certificate }
}

const count = (max: number) => z.coerce.number().int().min(1).max(max)
const scheduleSchema = z.object({
  isOn: z.enum(['on', 'off']),
  fullEveryDays: count(90),
  hour: z.coerce.number().int().min(0).max(23),
  keep: count(50),
})

async function schedule(request: Request): Promise<Answer> {
  const { form, parts } = request
  const wanted = scheduleSchema.safeParse(Object.fromEntries(form.fields))
  if (!wanted.success) throw new WebError('BODY_MALFORMED', 'the schedule cannot be read')
  const { isOn, ...rest } = wanted.data
  await parts.backups.schedule(actor(request), { isOn: isOn === 'on', ...rest })
  return { redirect: there }
}

function nameIn({ params }: Request): string {
  const { backup = '' } = params
  if (isSha256(backup)) return backup
  throw new WebError('BACKUP_UNKNOWN', 'there is no such backup')
}

async function file(request: Request): Promise<Answer> {
  const found = await request.parts.backups.file(nameIn(request))
  if (found === undefined) throw new WebError('BACKUP_UNKNOWN', 'its file is not here')
  const { name, bytes, stream } = found
  return { type: 'application/octet-stream', stream, length: bytes, fileName: name }
}
