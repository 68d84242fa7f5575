/**
 * Where a sealed PDF can leave the profile it claims: PAdES baseline (EN 319 142-1 6.3) on top of ISO 32000-2 12.8. One table with words in
 * both languages, typed over all codes. Says nothing of trust: a file may be true and untidy, or tidy and forged.
 */

interface Words {
  readonly en: string
  readonly zh: string
}

export const conformanceTable = {
  CMS_NOT_DER: {
    en: 'The signature is not encoded as DER (ISO 32000-2 12.8.3.3.1).',
    zh: '签名数据没有采用 DER 编码（ISO 32000-2 12.8.3.3.1）。',
  },
  SIGNING_TIME_PRESENT: {
    en: 'The signature bears signing-time; PAdES claims the time in /M only (EN 319 142-1 6.3).',
    zh: '签名带有 signing-time 属性；PAdES 只在 /M 中声明时间（EN 319 142-1 6.3）。',
  },
  ATTRIBUTE_NOT_ALLOWED: {
    en: 'The signature bears an attribute that PAdES does not allow (EN 319 142-1 6.3).',
    zh: '签名带有 PAdES 不允许的属性（EN 319 142-1 6.3）。',
  },
  SIGNING_CERTIFICATE_V2_MISSING: {
    en: 'The signature lacks signing-certificate-v2 (EN 319 142-1 6.3).',
    zh: '签名缺少 signing-certificate-v2 属性（EN 319 142-1 6.3）。',
  },
  SIGNER_CERTIFICATE_OUTSIDE: {
    en: 'The signing certificate does not stand inside the signature (EN 319 122-1 6.3).',
    zh: '签名数据中没有附带签名证书（EN 319 122-1 6.3）。',
  },
  CERTIFICATE_EXTRA: {
    en: 'The signature carries a certificate that belongs to no chain of it.',
    zh: '签名数据附带了与其证书链无关的证书。',
  },
  FILTER_MISSING: {
    en: 'The signature dictionary lacks /Filter (ISO 32000-2 12.8.1).',
    zh: '签名字典缺少 /Filter（ISO 32000-2 12.8.1）。',
  },
  SUBFILTER_NOT_PADES: {
    en: '/SubFilter is not ETSI.CAdES.detached (EN 319 142-1 6.3).',
    zh: '/SubFilter 不是 ETSI.CAdES.detached（EN 319 142-1 6.3）。',
  },
  M_MISSING: {
    en: 'The signature dictionary lacks the claimed time /M (EN 319 142-1 6.3).',
    zh: '签名字典缺少声明的时间 /M（EN 319 142-1 6.3）。',
  },
  CERT_ENTRY_PRESENT: {
    en: 'The signature dictionary bears /Cert, which PAdES does not allow (EN 319 142-1 5.3).',
    zh: '签名字典带有 PAdES 不允许的 /Cert（EN 319 142-1 5.3）。',
  },
  BYTE_RANGE_GAP: {
    en: 'The gap of /ByteRange is not exactly the string of /Contents (EN 319 142-1 5.5).',
    zh: '/ByteRange 的空隙不恰好是 /Contents 字符串（EN 319 142-1 5.5）。',
  },
  BYTE_RANGE_SHORT: {
    en: '/ByteRange does not reach the end of its revision (EN 319 142-1 5.5).',
    zh: '/ByteRange 没有覆盖到该版本的末尾（EN 319 142-1 5.5）。',
  },
  XREF_KIND_MIXED: {
    en: 'An update has another kind of cross-references than the revision before it (ISO 32000-2 7.5.8).',
    zh: '更新部分的交叉引用类型与之前的版本不同（ISO 32000-2 7.5.8）。',
  },
  ESIC_EXTENSION_MISSING: {
    en: 'A PDF before 2.0 names no extension ESIC in /Extensions (EN 319 142-1 5.6).',
    zh: 'PDF 2.0 以前的文件没有在 /Extensions 中声明 ESIC 扩展（EN 319 142-1 5.6）。',
  },
  DSS_ENTRY_WRONG: {
    en: 'An entry of the security store is no indirect stream with what it must hold (ISO 32000-2 12.8.4.3).',
    zh: '安全存储（DSS）中有条目不是装有规定内容的间接流对象（ISO 32000-2 12.8.4.3）。',
  },
  DSS_PLACEMENT: {
    en: 'A security store stands elsewhere than in the catalogue (ISO 32000-2 12.8.4.3).',
    zh: '安全存储（DSS）不在文档目录中（ISO 32000-2 12.8.4.3）。',
  },
  VRI_KEY_WRONG: {
    en: 'A key of /VRI is not the SHA-1 of the whole /Contents of a signature, its padding included (ISO 32000-2 12.8.4.4).',
    zh: '/VRI 的键不是某个签名完整 /Contents（含填充）的 SHA-1 值（ISO 32000-2 12.8.4.4）。',
  },
  RESPONDER_NOT_STORED: {
    en: 'The certificate of an OCSP responder stands only inside its answer, not in /Certs of the security store.',
    zh: 'OCSP 响应者的证书只在应答之内，不在安全存储（DSS）的 /Certs 中。',
  },
} as const satisfies Record<string, Words>

export type ConformanceCode = keyof typeof conformanceTable

/** A note with the words of the table and, if given, what is special about this case. */
export function conformanceNote(
  code: ConformanceCode,
  options: { readonly field?: string; readonly detail?: string | undefined } = {},
) {
  const { en } = conformanceTable[code]
  const { field, detail } = options
  const message = detail === undefined ? en : `${en} (${detail})`
  return { code, message, ...(field !== undefined && { field }) }
}
