/** What the TPM itself refuses, against swtpm: foreign kernels, another Secure Boot state, older versions, other TPMs, wrong PINs. */
import test from 'ava'
import { versionNumberOf, type BootPolicy } from '../../../appliance/disk/index.ts'
import { newOwnerKey, octets, policyOf, sectionsOf, startTpm as boot } from './machine.ts'
import { newTpm } from './swtpm.ts'

const secret = new Uint8Array(32).fill(7)
const authorisations = { owner: 'o'.repeat(32), lockout: 'l'.repeat(32) }

test('both slots open the disk until the newer one is committed; then the older kernel no longer does', async (t) => {
  const machine = await newTpm(t)
  const { tpm } = machine
  const [old, next] = [policyOf('1.0.0'), policyOf('1.1.0')]
  await boot(machine, { kernel: sectionsOf('1.0.0') })
  await tpm.prepare(versionNumberOf('1.0.0'))
  const sealed = await tpm.seal(secret, { policy: old })
  await tpm.takeOwnership(authorisations)
  t.deepEqual(await tpm.unseal(sealed, { policy: old }), secret)
  // The newer one on trial, then the way back.
  await boot(machine, { kernel: sectionsOf('1.1.0') })
  t.deepEqual(await tpm.unseal(sealed, { policy: next }), secret)
  await boot(machine, { kernel: sectionsOf('1.0.0') })
  t.deepEqual(await tpm.unseal(sealed, { policy: old }), secret)
  // Committed.
  await boot(machine, { kernel: sectionsOf('1.1.0') })
  await tpm.raiseCounter(next.versionNumber, authorisations.owner)
  t.is(await tpm.readCounter(), next.versionNumber)
  t.deepEqual(await tpm.unseal(sealed, { policy: next }), secret)
  await boot(machine, { kernel: sectionsOf('1.0.0') })
  const error = await t.throwsAsync(tpm.unseal(sealed, { policy: old }), {
    code: 'DISK_TOOL_FAILED',
  })
  t.is((error as { details?: { step?: string } }).details?.step, 'policynv')
  // Neither does the older kernel with the newer one's signature, nor does raising to an older version lower it.
  await t.throwsAsync(tpm.unseal(sealed, { policy: next }))
  await tpm.raiseCounter(old.versionNumber, authorisations.owner)
  t.is(await tpm.readCounter(), next.versionNumber)
})

test('nothing else opens it: a foreign kernel, a key that is not the owner’s, another Secure Boot state, later in the same run', async (t) => {
  const machine = await newTpm(t)
  const { tpm } = machine
  const policy = policyOf('1.0.0')
  const kernel = sectionsOf('1.0.0')
  await boot(machine, { kernel })
  await tpm.prepare(policy.versionNumber)
  const sealed = await tpm.seal(secret, { policy })
  const refusal = async (by: BootPolicy = policy): Promise<string | undefined> => {
    const error = await t.throwsAsync(tpm.unseal(sealed, { policy: by }))
    return (error as { details?: { step?: string } }).details?.step
  }
  await boot(machine, { kernel: { ...kernel, '.linux': octets('a foreign kernel') } })
  t.is(await refusal(), 'policyauthorize')
  await boot(machine, {
    kernel: { ...kernel, '.cmdline': octets('box.roothash=1.0.0 init=/bin/sh') },
  })
  t.is(await refusal(), 'policyauthorize')
  // A kernel of an attacker who signs policies with a key of his own.
  await boot(machine, { kernel: sectionsOf('6.6.6') })
  t.is(await refusal(policyOf('6.6.6', newOwnerKey())), 'unseal')
  await boot(machine, { kernel, firmware: 'Secure Boot is off' })
  t.is(await refusal(), 'unseal')
  await boot(machine, { kernel })
  t.deepEqual(await tpm.unseal(sealed, { policy }), secret)
  await tpm.closeUntilRestart()
  t.is(await refusal(), 'policyauthorize')
})

test('a PIN that was set is needed, and ten wrong ones lock the TPM', async (t) => {
  const machine = await newTpm(t)
  const { tpm } = machine
  const policy = policyOf('1.0.0')
  await boot(machine, { kernel: sectionsOf('1.0.0') })
  await tpm.prepare(policy.versionNumber)
  const sealed = await tpm.seal(secret, { policy, pin: '印匣-4711' })
  await tpm.takeOwnership(authorisations)
  t.deepEqual(await tpm.unseal(sealed, { policy, pin: '印匣-4711' }), secret)
  await t.throwsAsync(tpm.unseal(sealed, { policy }))
  // Who changes the header to say that there is no PIN changes nothing in the TPM.
  await t.throwsAsync(tpm.unseal({ ...sealed, pin: false }, { policy }))
  for (let guess = 0; guess < 10; guess++) {
    await t.throwsAsync(tpm.unseal(sealed, { policy, pin: String(guess) }))
  }
  t.true((await tpm.state()).isLockedOut)
  await t.throwsAsync(tpm.unseal(sealed, { policy, pin: '印匣-4711' }))
  t.not(machine.byHand('dictionarylockout', '-c').status, 0, 'guessing goes on by nobody’s leave')
})

test('an attacker at the TPM can neither lower nor replace the counter, and clearing the TPM loses the key', async (t) => {
  const machine = await newTpm(t)
  const { tpm, byHand } = machine
  const policy = policyOf('1.0.0')
  await boot(machine, { kernel: sectionsOf('1.0.0') })
  await tpm.prepare(policy.versionNumber)
  const sealed = await tpm.seal(secret, { policy })
  t.false((await tpm.state()).isOwned)
  await tpm.takeOwnership(authorisations)
  t.true((await tpm.state()).isOwned)
  for (const act of [
    ['nvundefine', '0x1805ea1', '-C', 'o'],
    ['nvwrite', '0x1805ea1', '-C', 'o', '-i', '/dev/null'],
    ['nvwrite', '0x1805ea1', '-C', '0x1805ea1', '-i', '/dev/null'],
    ['evictcontrol', '-C', 'o', '-c', '0x81005ea1'],
    ['clear', '-c', 'l'],
    ['changeauth', '-c', 'owner', 'mine'],
  ]) {
    t.not(byHand(...act).status, 0, act.join(' '))
  }
  t.deepEqual(await tpm.unseal(sealed, { policy }), secret)
  // As the firmware does it at the machine, on demand of whoever stands there.
  t.is(byHand('clear', '-c', 'p').status, 0)
  t.is(await tpm.readCounter(), undefined)
  await tpm.prepare(0n)
  await t.throwsAsync(tpm.unseal(sealed, { policy }))
})

test('another TPM does not open it, nor the same one after a factory reset', async (t) => {
  const [machine, other] = [await newTpm(t), await newTpm(t)]
  const policy = policyOf('1.0.0')
  for (const { tpm } of [machine, other]) await tpm.prepare(policy.versionNumber)
  const kernel = sectionsOf('1.0.0')
  await boot(machine, { kernel })
  await boot(other, { kernel })
  const sealed = await machine.tpm.seal(secret, { policy })
  await machine.tpm.takeOwnership(authorisations)
  await t.throwsAsync(other.tpm.unseal(sealed, { policy }))
  await machine.tpm.clear(authorisations.lockout)
  t.false((await machine.tpm.state()).isOwned)
  await machine.tpm.prepare(policy.versionNumber)
  await t.throwsAsync(machine.tpm.unseal(sealed, { policy }))
})
