/** Everything that verification can find: one table, with severity and words in both languages. Typed over all codes. */

import { bundleFindings } from './bundle/findings.ts'

/** `error` keeps a file from passing; `warning` is for people to weigh; `info` explains. */
export type Severity = 'error' | 'warning' | 'info'

interface Words {
  readonly severity: Severity
  readonly en: string
  readonly zh: string
}

export const findingTable = {
  ...bundleFindings,
  NO_SIGNATURE: {
    severity: 'error',
    en: 'The file bears no seal and no signature.',
    zh: '文件上没有印章，也没有签名。',
  },
  FORMAT_UNKNOWN: {
    severity: 'error',
    en: 'This is no kind of file that can be verified.',
    zh: '不是能够验证的文件种类。',
  },
  FILE_TOO_LARGE: {
    severity: 'error',
    en: 'The file is too large to be verified.',
    zh: '文件过大，不能验证。',
  },
  LIMITS_REACHED: {
    severity: 'error',
    en: 'The file asks for more work than any honest one; it was not looked at to the end.',
    zh: '文件所需的验证工作超出正常范围，未能全部验证。',
  },
  INTERNAL_ERROR: {
    severity: 'error',
    en: 'The verifier itself failed; nothing is said of the file.',
    zh: '验证程序自身出错，对文件不作任何结论。',
  },
  TRUST_UNREADABLE: {
    severity: 'error',
    en: 'A root certificate that was given cannot be read.',
    zh: '给定的根证书无法读取。',
  },
  TRIAL_DISTRICT: {
    severity: 'info',
    en: 'Issued by a trial district: for practice only.',
    zh: '由试用区签发，仅供试用。',
  },
  PDF_MALFORMED: {
    severity: 'error',
    en: 'The PDF is damaged or not built as the standard says.',
    zh: 'PDF 已损坏，或者结构不合标准。',
  },
  PDF_HEADER_MISSING: {
    severity: 'info',
    en: 'The PDF has no header.',
    zh: 'PDF 没有文件头。',
  },
  PDF_HEADER_LATE: {
    severity: 'info',
    en: 'Bytes stand before the header of the PDF.',
    zh: 'PDF 文件头之前还有数据。',
  },
  PDF_XREF_BROKEN: {
    severity: 'info',
    en: 'The cross-references of the PDF cannot be followed; its objects can only be looked for.',
    zh: 'PDF 的交叉引用已断，其中的对象只能逐个查找。',
  },
  PDF_XREF_WRONG: {
    severity: 'info',
    en: 'The cross-references of the PDF lead to objects that are not there.',
    zh: 'PDF 的交叉引用指向不存在的对象。',
  },
  PDF_TRAILER_MISSING: {
    severity: 'info',
    en: 'No trailer of the PDF says where it begins.',
    zh: 'PDF 没有尾部，无从知道从何处读起。',
  },
  PDF_CATALOG_MISSING: {
    severity: 'info',
    en: 'The PDF has no catalog, and so no pages.',
    zh: 'PDF 没有目录对象，也就没有页面。',
  },
  PDF_NOT_READ_THROUGH: {
    severity: 'info',
    en: 'The PDF holds more than is looked through; it was not read to its end.',
    zh: 'PDF 内容超出检查范围，没有读完。',
  },
  PDF_ENCRYPTED: {
    severity: 'error',
    en: 'The PDF is encrypted and cannot be verified.',
    zh: 'PDF 已加密，不能验证。',
  },
  SIGNATURE_NOT_REACHABLE: {
    severity: 'error',
    en: 'The file holds a signature that cannot be reached as the standard says: it was damaged or hidden.',
    zh: '文件中有一个签名无法正常找到：文件已被损坏，或者签名被隐藏。',
  },
  REVISION_MALFORMED: {
    severity: 'error',
    en: 'A later addition to the PDF is not well formed.',
    zh: 'PDF 后来追加的部分结构不合规范。',
  },
  BYTE_RANGE_WRONG: {
    severity: 'error',
    en: 'The signature does not cover what it must cover.',
    zh: '签名没有覆盖它应当覆盖的全部内容。',
  },
  SUBFILTER_UNSUPPORTED: {
    severity: 'error',
    en: 'The kind of signature is not supported.',
    zh: '不支持这一种签名格式。',
  },
  CMS_MALFORMED: {
    severity: 'error',
    en: 'The signature itself is damaged or not well formed.',
    zh: '签名数据已损坏，或者结构不合规范。',
  },
  CMS_NOT_DER: {
    severity: 'error',
    en: 'The signature is authentic or not as said, but not encoded as the standard demands; such a one does not pass.',
    zh: '签名数据的编码不合标准；真伪如上所述，但不予通过。',
  },
  SIGNER_COUNT: {
    severity: 'error',
    en: 'There must be exactly one signer in a signature.',
    zh: '一个签名中必须恰好有一个签名人。',
  },
  CONTENT_ALTERED: {
    severity: 'error',
    en: 'The content is not what was sealed.',
    zh: '内容与用印时不同，已被改动。',
  },
  SIGNATURE_INVALID: {
    severity: 'error',
    en: 'The signature does not verify.',
    zh: '签名验证不通过。',
  },
  SIGNING_CERTIFICATE_MISSING: {
    severity: 'error',
    en: 'The signing certificate is not there, or the signature is bound to another.',
    zh: '缺少签名证书，或者签名绑定的是另一张证书。',
  },
  SIGNING_CERTIFICATE_UNBOUND: {
    severity: 'error',
    en: 'The signature is not bound to its certificate, as signatures must be since PAdES.',
    zh: '签名没有与证书绑定（早于 PAdES 的旧式签名）。',
  },
  ALGORITHM_NOT_ACCEPTED: {
    severity: 'error',
    en: 'An algorithm is unknown or too weak.',
    zh: '所用算法未知，或者强度不足。',
  },
  ALGORITHM_ENDED: {
    severity: 'error',
    en: 'An algorithm or key length was no longer believed at the time that counts.',
    zh: '所用算法或者密钥长度在应当有效的时间已不再被认可。',
  },
  CHANGED_AFTER: {
    severity: 'error',
    en: 'The file was changed after this signature in a way that is not permitted.',
    zh: '签名之后文件又被改动，而且是不允许的改动。',
  },
  CHANGED_AS_PERMITTED: {
    severity: 'error',
    en: 'What is shown was changed after this signature; the signature permits it, but does not vouch for it.',
    zh: '签名之后所显示的内容有变化；这种变化是签名允许的，但签名并不为其担保。',
  },
  TRANSFORM_UNKNOWN: {
    severity: 'warning',
    en: 'The signature carries a restriction that is not evaluated.',
    zh: '签名带有本程序不评判的限制。',
  },
  CHAIN_NOT_FOUND: {
    severity: 'error',
    en: 'The certificate does not lead to a root that you trust.',
    zh: '证书不能追溯到您所信任的根证书。',
  },
  CHAIN_INVALID: {
    severity: 'error',
    en: 'The chain of certificates does not hold.',
    zh: '证书链不成立。',
  },
  CERTIFICATE_OUT_OF_TIME: {
    severity: 'error',
    en: 'A certificate was not valid at the time that counts.',
    zh: '证书在应当有效的时间不在有效期内。',
  },
  CERTIFICATE_PURPOSE: {
    severity: 'error',
    en: 'The certificate is not meant for signing documents.',
    zh: '证书的用途不是签署文件。',
  },
  CERTIFICATE_STRAY: {
    severity: 'error',
    en: 'A certificate or piece of evidence inside the signature is damaged or comes from nowhere.',
    zh: '签名内随附的证书或证据已损坏，或者来历不明。',
  },
  REVOKED: {
    severity: 'error',
    en: 'The certificate had been revoked before it was used.',
    zh: '证书在使用之前已被吊销。',
  },
  REVOKED_UNPROVEN: {
    severity: 'error',
    en: 'The certificate, or an authority above it, was revoked, and nothing proves that it was used before.',
    zh: '证书或者其上级机构的证书已被吊销，又没有证据表明它是在吊销之前使用的。',
  },
  EVIDENCE_UNPROVEN: {
    severity: 'error',
    en: 'An authority was revoked, and nothing proves that what it says of the certificate was there before.',
    zh: '机构证书已被吊销，又没有证据表明其证书状态信息在吊销之前就已存在。',
  },
  REVOKED_LATER: {
    severity: 'info',
    en: 'The certificate was revoked later; the proven time lies before that.',
    zh: '证书后来被吊销，但经证明的签署时间在吊销之前。',
  },
  REVOCATION_UNKNOWN: {
    severity: 'error',
    en: 'No evidence tells that the certificate was not revoked at that time.',
    zh: '没有证据表明证书当时未被吊销。',
  },
  KEY_COMPROMISED: {
    severity: 'error',
    en: 'Two officers stated that this key is compromised, and nothing proves that it was used before.',
    zh: '两名安全员声明此密钥已泄露，又没有证据表明它是在泄露之前使用的。',
  },
  KEY_COMPROMISED_LATER: {
    severity: 'info',
    en: 'Two officers stated that this key is compromised; what it signed here was there before, or is known.',
    zh: '两名安全员声明此密钥已泄露，但这里的签名在此之前就有，或者有记载。',
  },
  TIMESTAMP_DISREGARDED: {
    severity: 'warning',
    en: 'A timestamp of a key that is stated to be compromised proves nothing and was left out of account.',
    zh: '有一个时间戳出自已声明泄露的密钥，不能证明任何时间，未予采信。',
  },
  COMPROMISE_HONOURED: {
    severity: 'info',
    en: 'A statement of two officers that a key is compromised was honoured.',
    zh: '已采信两名安全员的密钥泄露声明。',
  },
  COMPROMISE_UNREADABLE: {
    severity: 'warning',
    en: 'A file that was given is no statement of compromise; it was not honoured.',
    zh: '给定的文件不是密钥泄露声明，未予采信。',
  },
  COMPROMISE_ALTERED: {
    severity: 'warning',
    en: 'A statement of compromise was forged or altered: a signature does not fit it. It was not honoured.',
    zh: '密钥泄露声明系伪造或者被改动：签名与声明不符，未予采信。',
  },
  COMPROMISE_ONE_SIGNED: {
    severity: 'warning',
    en: 'A statement of compromise is not signed by two different officers; it was not honoured.',
    zh: '密钥泄露声明没有两名不同安全员的签名，未予采信。',
  },
  COMPROMISE_NOT_TRUSTED: {
    severity: 'warning',
    en: 'The officers of a statement of compromise cannot be trusted, or are of another district; it was not honoured.',
    zh: '密钥泄露声明的安全员不可信任，或者属于别的区，未予采信。',
  },
  COMPROMISE_OUT_OF_TIME: {
    severity: 'warning',
    en: 'A statement of compromise has no timestamps, or was countersigned after it had run out; it was not honoured.',
    zh: '密钥泄露声明没有时间戳，或者在过期之后才会签，未予采信。',
  },
  COMPROMISE_CONTRADICTED: {
    severity: 'warning',
    en: 'A statement of compromise rests on a key that another one states to be compromised; it was not honoured.',
    zh: '密钥泄露声明所依据的密钥又被另一份声明称为已泄露，未予采信。',
  },
  TIMESTAMP_INVALID: {
    severity: 'error',
    en: 'A timestamp does not hold.',
    zh: '时间戳不成立。',
  },
  TIMESTAMP_NOT_TRUSTED: {
    severity: 'error',
    en: 'The certificate of a timestamp cannot be trusted.',
    zh: '时间戳的证书不可信任。',
  },
  TIMESTAMP_AHEAD: {
    severity: 'error',
    en: 'A timestamp lies after the moment of verification, or out of order.',
    zh: '时间戳晚于验证时间，或者先后顺序不对。',
  },
  DOCUMENT_TIMESTAMP_BROKEN: {
    severity: 'error',
    en: 'The document timestamp does not fit the file: something under it was altered.',
    zh: '文档时间戳与文件不符：其覆盖的内容已被改动。',
  },
  NO_TIMESTAMP: {
    severity: 'warning',
    en: 'No timestamp proves when this was signed.',
    zh: '没有时间戳证明签署时间。',
  },
  STATEMENT_MALFORMED: {
    severity: 'error',
    en: 'The statement is not canonical JSON, or not a statement of this system.',
    zh: '陈述不是规范的 JSON，或者不是本系统的陈述。',
  },
  STATEMENT_OF_ANOTHER: {
    severity: 'error',
    en: 'The statement speaks for a unit that is not the one that signed it.',
    zh: '陈述所称的单位不是签署的单位。',
  },
  ATTACHMENTS_NOT_GIVEN: {
    severity: 'info',
    en: 'The sealed file names attachments that were not given to be compared.',
    zh: '盖章文件载明了附件，但没有提供附件供核对。',
  },
  ATTACHMENTS_UNREADABLE: {
    severity: 'error',
    en: 'What the sealed file says of its attachments cannot be read.',
    zh: '盖章文件中关于附件的记载无法读取。',
  },
  ATTACHMENT_MISSING: {
    severity: 'error',
    en: 'An attachment that the sealed file names is not there.',
    zh: '缺少盖章文件载明的附件。',
  },
  ATTACHMENT_ALTERED: {
    severity: 'error',
    en: 'An attachment is not the one that the sealed file names.',
    zh: '附件与盖章文件载明的不符，已被改动。',
  },
  DRAFT_SAME: {
    severity: 'info',
    en: 'The draft, laid out again, gives byte for byte what was sealed.',
    zh: '按签发稿重新排版，与盖章前的文件逐字节一致。',
  },
  DRAFT_DIFFERENT: {
    severity: 'error',
    en: 'The draft is not the one from which the sealed file was made.',
    zh: '文稿与盖章文件所依据的签发稿不符。',
  },
  DATA_NOT_GIVEN: {
    severity: 'warning',
    en: 'What the timestamp stands for was not given, so only the timestamp itself was verified.',
    zh: '没有提供时间戳所对应的数据，只验证了时间戳本身。',
  },
  EVIDENCE_RECORD_HOLDS: {
    severity: 'info',
    en: 'An evidence record beside the file proves that it was there by then.',
    zh: '文件旁的证据记录证明，该文件在此时间已经存在。',
  },
  EVIDENCE_RECORD_ALONE: {
    severity: 'error',
    en: 'An evidence record is verified together with its file: lay the two beside each other.',
    zh: '证据记录须与它的文件放在一起验证。',
  },
  EVIDENCE_RECORD_MALFORMED: {
    severity: 'warning',
    en: 'The evidence record is damaged or not built as RFC 4998 says; it proves nothing.',
    zh: '证据记录已损坏，或者结构不合 RFC 4998，不能证明任何时间。',
  },
  EVIDENCE_RECORD_OF_ANOTHER: {
    severity: 'warning',
    en: 'The evidence record speaks of another file, or not of all that belongs to this one.',
    zh: '证据记录所指的是另一份文件，或者没有包括本文件的全部组成部分。',
  },
  EVIDENCE_RECORD_BROKEN: {
    severity: 'warning',
    en: 'A link of the evidence record does not hold: a timestamp does not cover what it renews.',
    zh: '证据记录的环节不成立：有一个时间戳没有覆盖它应当续期的内容。',
  },
  EVIDENCE_RECORD_ALGORITHM: {
    severity: 'warning',
    en: 'The evidence record mixes hash algorithms where it must not, or uses one that is unknown or too weak.',
    zh: '证据记录在同一条链中混用散列算法，或者所用算法未知、强度不足。',
  },
  EVIDENCE_RECORD_LATE: {
    severity: 'warning',
    en: 'The evidence record was not renewed in time, or a timestamp in it cannot be trusted; it proves nothing now.',
    zh: '证据记录没有及时续期，或者其中的时间戳不可信任，现在不能证明任何时间。',
  },
} as const satisfies Record<string, Words>

export type FindingCode = keyof typeof findingTable

/** A finding with the words of the table and, if given, what is special about this case. */
export function finding(code: FindingCode, detail?: string) {
  const { severity, en } = findingTable[code]
  return { code, severity, message: detail === undefined ? en : `${en} (${detail})` }
}
