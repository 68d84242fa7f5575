/** The public face of provisioning: the roster, enrolment, and the unit's kit of keys. */
export { appointment, appointPerson, issueFurtherCode, type Whom } from './enrolment/appoint.ts'
export { codeForOf, lookUpCode, requestsFor, type Wanted } from './enrolment/codes.ts'
export { approveMany, type ManyApproved } from './enrolment/approve_many.ts'
export {
  approveRequest,
  refuseRequest,
  type DecidedRequest,
  type DecideInput,
  type DecideParts,
} from './enrolment/decide.ts'
export { enrolmentFolds } from './enrolment/folds.ts'
export type { IssuedCode } from './enrolment/given_code.ts'
export {
  hasEnrolled,
  keyFileOf,
  listPeople,
  listRequests,
  requestFileOf,
  requestOf,
  type ListedPerson,
  type ListedRequest,
  type ListParts,
  type WaitingRequest,
  type WholeRequest,
} from './enrolment/list.ts'
export { createOpening, liveOfficers, officersNeeded, type Opening } from './enrolment/opening.ts'
export { redeemCode, type RedeemParts, type Redemption } from './enrolment/redeem.ts'
export { registerRoster, type RegistrationParts } from './enrolment/register.ts'
export type { CertificateRequest, CodeFor, IssuedCertificate } from './enrolment/types.ts'
export { listEnding, listOwn, type Ending, type EndingParts, type Own } from './renewal/ending.ts'
export { renewalFolds } from './renewal/folds.ts'
export { listRenewals } from './renewal/list.ts'
export type { RenewalParts } from './renewal/prepare.ts'
export { reenrol } from './renewal/reenrol.ts'
export { maxRenewalStatements, renew, type RenewInput, type RenewParts } from './renewal/renew.ts'
export type { ListedRenewal, Renewed } from './renewal/types.ts'
export { minutesFormat, readMinutes, writeMinutes, type Minutes } from './ceremony/minutes.ts'
export { ProvisioningError, type ProvisioningErrorCode } from './errors.ts'
export * from './kit/at_the_box.ts'
export * from './roster/index.ts'
