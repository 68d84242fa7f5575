/** The public face of provisioning: the roster, enrolment, and the unit's kit of keys. */
export { enrolmentFolds } from './enrolment/folds.ts'
export { givenCodes, lookUpCode } from './enrolment/codes.ts'
export { redeemCode } from './enrolment/redeem.ts'
export { appointment, registerRoster, type IssuedCode } from './enrolment/register.ts'
export type { CertificateRequest, CodeFor, IssuedCertificate } from './enrolment/types.ts'
export { ProvisioningError, type ProvisioningErrorCode } from './errors.ts'
export * from './kit/index.ts'
export * from './roster/index.ts'
