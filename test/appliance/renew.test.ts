/** `sealbox renew`, on a folder that `sealbox enrol` made: the line breaks, the box is asked again, and files are replaced whole. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { approvalBy, registerUnits } from '../../appliance/demo/district.ts'
import { ApplianceError } from '../../appliance/errors.ts'
import { createBoxClient, type BoxClient } from '../../appliance/unit/box_client.ts'
import { enrolIntoFolder } from '../../appliance/unit/enrol_folder.ts'
import { renewFolder } from '../../appliance/unit/renew_folder.ts'
import { openSeat, unitPaths, type Secrets } from '../../appliance/unit/unit_folder.ts'
import { argon2Costs, modelDistrict } from '../../provisioning/index.ts'
import { pkcs12Costs } from '../../provisioning/kit/index.ts'
import { openTestBox, refusalOf, type TestBox } from '../web/box_fixture.ts'

let box: TestBox
let folder: string
let uscc: string
let secrets: Secrets
const cost = { p12: pkcs12Costs.fast, keyFile: argon2Costs.fast }
const passphrase = '一句记得住的口令'

test.before(async () => {
  box = await openTestBox()
  folder = join(await mkdtemp(join(tmpdir(), 'sealbox-renew-')), 'unit')
  const [, , , unit] = modelDistrict
  if (unit === undefined) throw new TypeError('a unit')
  ;({ uscc } = unit)
  const codes = await registerUnits(box.officer.options, [unit])
  const url = `https://localhost:${String(box.port)}`
  const client = createBoxClient({ url, root: box.rootPem, identity: {} })
  await enrolIntoFolder(client, {
    ...{ code: codes.get(uscc) ?? '', out: folder, url, root: box.root, passphrase, cost },
    onWaiting: approvalBy(box.officer.options, uscc),
  })
  client.close()
  const sheet = await readFile(unitPaths(folder).sheet, 'utf8')
  secrets = { passphrase, unitSecret: /unit secret\s+(\S+)/.exec(sheet)?.[1] ?? '' }
})

test.after.always(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true })
  await box.close()
})

const renew = (more: { early?: boolean; client?: BoxClient } = {}) =>
  renewFolder({ directory: folder, secrets, cost, early: true, ...more })

/** A line on which the box does what it is asked, and no answer comes back. */
async function lossyClient(): Promise<BoxClient> {
  const pfx = new Uint8Array(await readFile(unitPaths(folder).p12('clerk')))
  const url = `https://localhost:${String(box.port)}`
  const client = createBoxClient({ url, root: box.rootPem, identity: { pfx, passphrase } })
  return {
    ...client,
    act: async (path, body, once) => {
      await client.act(path, body, once)
      throw new ApplianceError('BOX_UNREACHABLE', 'the line broke')
    },
  }
}

test.serial('nothing is renewed before it is due, unless it is asked for', async (t) => {
  const from = box.box.journal.size
  t.deepEqual(await renew({ early: false }), { renewed: [] })
  t.deepEqual(await box.entries(from), [])
})

test.serial(
  'an answer that is lost is asked for again, and the files are replaced then',
  async (t) => {
    const paths = unitPaths(folder)
    const before = await readFile(paths.keys, 'utf8')
    const from = box.box.journal.size
    const client = await lossyClient()
    await t.throwsAsync(renew({ client }), { code: 'BOX_UNREACHABLE' })
    client.close()
    t.is(await readFile(paths.keys, 'utf8'), before, 'nothing is replaced by half')
    t.true(existsSync(join(folder, 'renewal.json')))
    t.false((await readFile(join(folder, 'renewal.json'), 'utf8')).includes('PRIVATE'))
    const seat = await openSeat(folder, 'clerk', secrets)
    t.deepEqual(await seat.tasks(), [], 'the old keys work meanwhile')
    seat.close()

    const { renewed } = await renew({ early: false })
    t.is(renewed.length, 5)
    t.is((await box.entries(from, 'enrolment.renewed')).length, 1, 'once')
    t.not(await readFile(paths.keys, 'utf8'), before)
    t.false(existsSync(join(folder, 'renewal.json')))
    for (const name of ['clerk', 'leader']) {
      const own = await openSeat(folder, name, secrets)
      t.deepEqual(await own.tasks(), [], `${name} logs in and opens the keys as before`)
      own.close()
    }
    const live = await box.parts.authority.certificatesOf(`seat:${uscc}/clerk`)
    t.is(live.filter(({ revoked }) => revoked === undefined).length, 4, 'two and two')
  },
)

test.serial(
  'the box keeps the new key file, opened by the same passphrase and unit secret',
  async (t) => {
    await renew()
    const seat = await openSeat(folder, 'leader', secrets)
    t.deepEqual(await seat.tasks(), [])
    seat.close()
    t.is(await refusalOf(renew()), 'CERTIFICATES_TOO_MANY', 'three are live')
    t.false(existsSync(join(folder, 'renewal.json')), 'what is refused for good is not kept')
  },
)
