/** Which key and certificate of the box serve a role: what the journal says of it. */
import test from 'ava'
import {
  boxActor,
  boxKeyNames,
  currentService,
  readServices,
  serviceActivatedEntry,
} from '../../../ca/index.ts'
import { openDistrict } from '../trust/district.ts'

test('after first boot each role is served by its first generation, under its plain name', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const services = await readServices(district.journal.views)
  for (const role of boxKeyNames) {
    const [first, ...others] = services[role]
    t.is(others.length, 0)
    t.is(first?.key, role)
    t.deepEqual(first?.certificate, district.certificates[role])
  }
})

test('a role is served by the generation that was activated last, and the old ones stay known', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { journal, certificates } = district
  // A certificate already known, since only its name is looked at here.
  const certificate = certificates.ocsp
  for (let generation = 2; generation <= 12; generation++) {
    const activated = { role: 'timestamping', generation, certificate, actor: boxActor } as const
    await journal.commit({ entries: [serviceActivatedEntry(activated)] })
  }
  const services = await readServices(journal.views)
  t.deepEqual(
    services.timestamping.map(({ generation }) => generation),
    Array.from({ length: 12 }, (_, at) => at + 1),
  )
  t.is(currentService(services, 'timestamping').key, 'timestamping-12')
  t.deepEqual(services.timestamping[0]?.certificate, certificates.timestamping)
})

test('a generation whose certificate the journal does not know is refused, not passed over', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const certificate = Uint8Array.of(1, 2, 3)
  const entry = serviceActivatedEntry({ role: 'tls', generation: 2, certificate, actor: boxActor })
  await district.journal.commit({ entries: [entry] })
  await t.throwsAsync(readServices(district.journal.views), { code: 'CA_CERTIFICATE_UNKNOWN' })
})
