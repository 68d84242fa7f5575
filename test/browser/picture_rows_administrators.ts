/** Rows of pictures of the three administrators' pages. Pure. */
import type { PictureGroup } from './picture_rows.ts'

export const administratorGroups: readonly PictureGroup[] = [
  {
    title: 'The security officer',
    rows: [
      {
        name: 'officer-today',
        who: 'officer',
        path: '/',
        says: 'The officer’s today: enrolments that wait, certificates that end.',
        also: ['en'],
      },
      {
        name: 'requests',
        who: 'officer',
        path: '/requests',
        says: 'Codes that were given out, and who waits for approval.',
      },
      {
        name: 'request',
        who: 'officer',
        path: '/requests/{request}',
        says: 'One request: the words to compare by telephone before it is approved.',
      },
      {
        name: 'units',
        who: 'officer',
        path: '/units',
        says: 'The units of the district, and whether they have enrolled.',
      },
      {
        name: 'register-units',
        who: 'officer',
        path: '/units/register',
        says: 'A roster of units, checked row by row before it is signed for.',
      },
      {
        name: 'unit',
        who: 'officer',
        path: '/units/{unit}',
        says: 'One unit: its seats, certificates and codes.',
      },
      {
        name: 'people',
        who: 'officer',
        path: '/people',
        says: 'Officers, auditors and administrators.',
      },
      {
        name: 'officer-certificates',
        who: 'officer',
        path: '/certificates',
        says: 'All certificates of the district.',
      },
      {
        name: 'certificate',
        who: 'officer',
        path: '/certificates/{certificate}',
        says: 'One certificate: its fingerprint in words, its chain, every extension in words.',
      },
      {
        name: 'certificate-encoding',
        who: 'officer',
        path: '/certificates/{certificate}/asn1',
        says: 'How it is encoded, element by element, for who wants to see it.',
      },
      {
        name: 'certificate-signed',
        who: 'officer',
        path: '/certificates/{seal}/signed',
        says: 'What a certificate signed: numbers and steps, no titles.',
      },
      {
        name: 'certificate-revoke',
        who: 'officer',
        path: '/certificates/{certificate}/revoke',
        says: 'Why it is revoked or put on hold; what that means comes before the signer.',
      },
      {
        name: 'trust',
        who: 'officer',
        path: '/trust',
        says: 'Whether all is well with the trust services, what to do next, and certificates by month.',
        also: ['en', 'dark'],
      },
      {
        name: 'trust-status',
        who: 'officer',
        path: '/trust/status',
        says: 'Revocation lists as they are published, and who answers for the status.',
      },
      {
        name: 'trust-time',
        who: 'officer',
        path: '/trust/time',
        says: 'How certain the time is, and what stamps with it.',
      },
      {
        name: 'trust-keys',
        who: 'officer',
        path: '/trust/keys',
        says: 'The keys of the box by generation, and how each is replaced.',
      },
      {
        name: 'orders',
        who: 'officer',
        path: '/orders',
        says: 'Grave acts: what one officer proposed and another has to countersign.',
      },
      {
        name: 'order',
        who: 'officer',
        path: '/orders/{order}',
        says: 'One order: what exactly both officers sign, who has, and until when it lies open.',
        also: ['en'],
      },
      {
        name: 'order-new',
        who: 'officer',
        path: '/orders/new',
        says: 'What two officers may order, and what each does.',
      },
      {
        name: 'ceremonies',
        who: 'officer',
        path: '/ceremonies',
        says: 'Records of key ceremonies; a trial box begins without one, and says why.',
      },
      {
        name: 'ceremony',
        who: 'officer',
        path: '/ceremonies/{ceremony}',
        says: 'One ceremony: a new issuing authority, what was made, who was there, and the minutes.',
        also: ['en'],
        afterCeremony: true,
      },
    ],
  },
  {
    title: 'The auditor',
    rows: [
      {
        name: 'auditor-today',
        who: 'auditor',
        path: '/',
        says: 'The auditor’s today: the state of the record.',
      },
      {
        name: 'journal',
        who: 'auditor',
        path: '/journal',
        says: 'The journal, with filters; every act is an entry.',
        also: ['dark'],
      },
      {
        name: 'entry',
        who: 'auditor',
        path: '/journal/100',
        says: 'One entry, and the proof that it is in the tree.',
      },
      {
        name: 'heads',
        who: 'auditor',
        path: '/journal/heads',
        says: 'Signed heads of the tree, and proofs between them.',
      },
      {
        name: 'auditor-ceremonies',
        who: 'auditor',
        path: '/journal/ceremonies',
        says: 'Who used the root key and when, with the signed minutes.',
      },
    ],
  },
  {
    title: 'The administrator',
    rows: [
      {
        name: 'state',
        who: 'administrator',
        path: '/',
        says: 'The state of the box, without any document.',
        also: ['en'],
      },
    ],
  },
]
