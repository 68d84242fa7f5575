/** A unit of the test box with its wrapped key file on the box, as one that enrolled in the page has it. */
import { argon2id } from '../../appliance/unit/argon2id.ts'
import { approvalBy, registerUnits } from '../../appliance/demo/district.ts'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { enrol, personCertificates, unitCertificates } from '../../appliance/unit/enrolment.ts'
import { systemRandom, toPem } from '../../ca/index.ts'
import type { Role } from '../../exchange/index.ts'
import {
  argon2Costs,
  modelDistrict,
  newUnitSecret,
  wrapKeys,
  writeKeyFile,
  writeUnitSecret,
  type RosterUnit,
} from '../../provisioning/index.ts'
import { openCode, type Identity, type TestBox } from '../web/box_fixture.ts'

/** Whoever can log in and unlock a signing key. */
export interface Enrolled {
  readonly name: string
  /** Log-in by seat; a person's only one is `self`. */
  readonly logins: Readonly<Record<string, Identity>>
  readonly passphrase: string
  readonly unitSecret: string
}

/** Registers and enrols the unit at this place of the model district; the fixture itself has the first three. */
export async function enrolUnitWithKeys(
  box: TestBox,
  place: number,
): Promise<Enrolled & { readonly unit: RosterUnit }> {
  const unit = modelDistrict[place]
  if (unit === undefined) throw new RangeError('the district has twelve units')
  const codes = await registerUnits(box.officer.options, [unit])
  const code = codes.get(unit.uscc) ?? ''
  const enrolled = await enrolWithKeys(box, {
    code,
    id: unit.uscc,
    name: unit.name,
    wanted: unitCertificates,
  })
  return { ...enrolled, unit }
}

/** Appoints and enrols an administrator. */
export async function enrolPersonWithKeys(box: TestBox, id: string, role: Role): Promise<Enrolled> {
  const code = await openCode(box, { id, role })
  return enrolWithKeys(box, { code, id, name: id, wanted: personCertificates(role) })
}

async function enrolWithKeys(
  box: TestBox,
  of: {
    readonly code: string
    readonly id: string
    readonly name: string
    readonly wanted: typeof unitCertificates
  },
): Promise<Enrolled> {
  const { code, id, name, wanted } = of
  const passphrase = `${name} 的口令，够长`
  const secret = newUnitSecret(systemRandom)
  const url = `https://localhost:${String(box.port)}`
  const anonymous = createBoxClient({ url, root: box.rootPem, identity: {} })
  const enrolled = await enrol(anonymous, {
    code,
    wanted,
    onWaiting: approvalBy(box.officer.options, id),
    keyFile: async (keys) =>
      writeKeyFile(
        await wrapKeys({
          owner: { id, name },
          keys,
          passphrase,
          unitSecret: secret,
          cost: argon2Costs.fast,
          argon2id,
          random: systemRandom,
        }),
      ),
  })
  anonymous.close()
  const logins = enrolled.keys
    .filter(({ profile }) => profile.endsWith('-client'))
    .map(({ seat = 'self', privateKey, certificate }): [string, Identity] => [
      seat,
      {
        key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
        cert:
          toPem('CERTIFICATE', certificate) +
          toPem('CERTIFICATE', enrolled.chain[0] ?? certificate),
      },
    ])
  return {
    name,
    logins: Object.fromEntries(logins),
    passphrase,
    unitSecret: writeUnitSecret(secret),
  }
}
