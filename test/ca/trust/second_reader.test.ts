/** The second reader: it agrees on everything that a district stands on, and says where it does not. */
import test from 'ava'
import { disagreements, requireSecondReading } from '../../../ca/certificates/second_reader.ts'
import { openDistrict } from './district.ts'

for (const algorithm of ['ecdsa-p256-sha256', 'rsa-sha256'] as const) {
  test(`both readers see the same in every certificate of a new district (${algorithm})`, async (t) => {
    const district = await openDistrict({ algorithm })
    t.teardown(() => district.close())
    const { root, issuing, ...services } = district.certificates
    t.deepEqual(await disagreements(root, root), [])
    t.deepEqual(await disagreements(issuing, root), [])
    for (const [name, certificate] of Object.entries(services)) {
      t.deepEqual(await disagreements(certificate, issuing), [], name)
    }
  })
}

test('a certificate that its issuer did not sign is refused by the second reader, and so is an altered one', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { root, issuing, tls } = district.certificates
  t.deepEqual(await disagreements(tls, root), ['signature'])
  const altered = tls.with(tls.length - 1, (tls.at(-1) ?? 0) ^ 1)
  await t.throwsAsync(requireSecondReading(altered, issuing), { code: 'CA_PROFILE_VIOLATED' })
})
