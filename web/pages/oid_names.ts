/** What object identifiers are called: their name in the standard that gave it, and what they mean in words. Pure. */
import { oids } from '../../ca/path/index.ts'
import type { View } from '../view.ts'

type Named = readonly [name: string, zh: string, en: string]

const table: Readonly<Record<string, Named>> = {
  // Names
  [oids.commonName]: ['commonName', '名称', 'common name'],
  [oids.serialNumber]: ['serialNumber', '编号', 'number in the name'],
  [oids.countryName]: ['countryName', '国家', 'country'],
  '2.5.4.7': ['localityName', '地点', 'locality'],
  '2.5.4.8': ['stateOrProvinceName', '省', 'province'],
  [oids.organizationName]: ['organizationName', '单位', 'organisation'],
  [oids.organizationalUnitName]: ['organizationalUnitName', '部门', 'organisational unit'],
  [oids.organizationIdentifier]: ['organizationIdentifier', '单位代码', 'organisation identifier'],
  // Keys, digests and signatures
  [oids.ecPublicKey]: ['id-ecPublicKey', '椭圆曲线公钥', 'elliptic curve key'],
  [oids.prime256v1]: ['prime256v1', 'P-256 曲线', 'curve P-256'],
  '1.3.132.0.34': ['secp384r1', 'P-384 曲线', 'curve P-384'],
  '1.3.132.0.35': ['secp521r1', 'P-521 曲线', 'curve P-521'],
  [oids.rsaEncryption]: ['rsaEncryption', 'RSA', 'RSA'],
  [oids.ed25519]: ['id-Ed25519', 'Ed25519', 'Ed25519'],
  '1.2.840.10045.4.3.2': ['ecdsa-with-SHA256', 'ECDSA，SHA-256', 'ECDSA with SHA-256'],
  '1.2.840.10045.4.3.3': ['ecdsa-with-SHA384', 'ECDSA，SHA-384', 'ECDSA with SHA-384'],
  '1.2.840.10045.4.3.4': ['ecdsa-with-SHA512', 'ECDSA，SHA-512', 'ECDSA with SHA-512'],
  '1.2.840.113549.1.1.10': ['id-RSASSA-PSS', 'RSA-PSS', 'RSA-PSS'],
  '1.2.840.113549.1.1.11': ['sha256WithRSAEncryption', 'RSA，SHA-256', 'RSA with SHA-256'],
  '1.2.840.113549.1.1.12': ['sha384WithRSAEncryption', 'RSA，SHA-384', 'RSA with SHA-384'],
  '1.2.840.113549.1.1.13': ['sha512WithRSAEncryption', 'RSA，SHA-512', 'RSA with SHA-512'],
  [oids.sha1]: ['id-sha1', 'SHA-1', 'SHA-1'],
  [oids.sha256]: ['id-sha256', 'SHA-256', 'SHA-256'],
  [oids.sha384]: ['id-sha384', 'SHA-384', 'SHA-384'],
  [oids.sha512]: ['id-sha512', 'SHA-512', 'SHA-512'],
  // Extensions
  [oids.subjectKeyIdentifier]: ['id-ce-subjectKeyIdentifier', '密钥标识', 'Identifier of its key'],
  [oids.authorityKeyIdentifier]: [
    'id-ce-authorityKeyIdentifier',
    '签发者密钥标识',
    'Identifier of the issuer’s key',
  ],
  [oids.keyUsage]: ['id-ce-keyUsage', '密钥用法', 'What the key may do'],
  [oids.extendedKeyUsage]: ['id-ce-extKeyUsage', '用途', 'Purposes'],
  [oids.privateKeyUsagePeriod]: [
    'id-ce-privateKeyUsagePeriod',
    '私钥使用期',
    'When the private key signs',
  ],
  [oids.subjectAltName]: ['id-ce-subjectAltName', '其他名称', 'Further names'],
  '2.5.29.18': ['id-ce-issuerAltName', '签发者的其他名称', 'Further names of the issuer'],
  [oids.basicConstraints]: ['id-ce-basicConstraints', '是否签发机构', 'Whether it is an authority'],
  [oids.nameConstraints]: ['id-ce-nameConstraints', '名称限制', 'Names it may certify'],
  [oids.crlDistributionPoints]: [
    'id-ce-cRLDistributionPoints',
    '吊销列表地址',
    'Where its revocation list is',
  ],
  [oids.freshestCrl]: ['id-ce-freshestCRL', '增量吊销列表', 'Where changes of the list are'],
  [oids.certificatePolicies]: ['id-ce-certificatePolicies', '证书策略', 'Policies'],
  [oids.policyMappings]: ['id-ce-policyMappings', '策略对应', 'Policies that correspond'],
  [oids.policyConstraints]: ['id-ce-policyConstraints', '策略限制', 'Limits on policies'],
  [oids.inhibitAnyPolicy]: ['id-ce-inhibitAnyPolicy', '限制任意策略', 'Limit on any-policy'],
  [oids.noRevAvail]: ['id-ce-noRevAvail', '不公布吊销信息', 'No revocation is published'],
  [oids.authorityInfoAccess]: [
    'id-pe-authorityInfoAccess',
    '签发者信息地址',
    'Where to ask about it',
  ],
  [oids.ocspNoCheck]: ['id-pkix-ocsp-nocheck', '无须查询状态', 'Its status need not be asked'],
  // Purposes and ways of access
  [oids.serverAuth]: ['id-kp-serverAuth', '网站（TLS 服务器）', 'web site (TLS server)'],
  [oids.clientAuth]: ['id-kp-clientAuth', '登录（TLS 客户端）', 'log-in (TLS client)'],
  '1.3.6.1.5.5.7.3.3': ['id-kp-codeSigning', '程序签名', 'signing programs'],
  '1.3.6.1.5.5.7.3.4': ['id-kp-emailProtection', '电子邮件', 'electronic mail'],
  [oids.timeStamping]: ['id-kp-timeStamping', '时间戳', 'time-stamping'],
  [oids.ocspSigning]: ['id-kp-OCSPSigning', '签署状态查询结果', 'signing status answers'],
  [oids.documentSigning]: ['id-kp-documentSigning', '签署文件', 'signing documents'],
  [oids.journalSigning]: ['journalSigning', '签署日志', 'signing the journal'],
  '2.5.29.37.0': ['anyExtendedKeyUsage', '任何用途', 'any purpose'],
  [oids.ocsp]: ['id-ad-ocsp', '状态查询（OCSP）', 'status answers (OCSP)'],
  [oids.caIssuers]: ['id-ad-caIssuers', '签发者证书', 'certificate of the issuer'],
  // Policies
  [oids.anyPolicy]: ['anyPolicy', '任意策略', 'any policy'],
  [oids.timeStampPolicy]: ['', '时间戳策略', 'time-stamping policy'],
  [oids.certificatePolicyUnit]: ['', '单位岗位', 'a seat of a unit'],
  [oids.certificatePolicyOfficer]: ['', '安全员', 'security officer'],
  [oids.certificatePolicyAuditor]: ['', '审计员', 'auditor'],
  [oids.certificatePolicyAdministrator]: ['', '系统管理员', 'system administrator'],
  [oids.certificatePolicyBox]: ['', '本机', 'the box itself'],
  [oids.certificatePolicySeal]: ['', '单位印章', 'seal of a unit'],
}

/** What it means in words; undefined for one that is not in the table. */
export function oidWords({ w }: Pick<View, 'w'>, oid: string): string | undefined {
  const found = table[oid]
  return found && w(found[1], found[2])
}

/** Its name in its standard, else what it means, else nothing. */
export function oidName(view: Pick<View, 'w'>, oid: string): string | undefined {
  const name = table[oid]?.[0]
  return name === undefined || name === '' ? oidWords(view, oid) : name
}
