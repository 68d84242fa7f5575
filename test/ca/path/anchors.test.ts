/** What an anchor that is given as a certificate must be, and what it limits (RFC 5937 3). */
import * as der from '../../../ca/der/write.ts'
import {
  altNames,
  at,
  authority,
  caUsage,
  constraints,
  extension,
  general,
  isCa,
  leaf,
  policyConstraints,
  root,
  usage,
} from './forge.ts'
import { anchorWith, testPathCases } from './path_cases.ts'

const unknown = extension('2.999.7', der.nullValue, true)
const ca = authority('ca', 'root')

testPathCases({
  'an anchor that ended': {
    expected: 'EXPIRED',
    anchors: anchorWith({ notAfter: der.time(new Date(at.getTime() - 1000)) }),
  },
  'an anchor without basicConstraints': {
    expected: 'BASIC_CONSTRAINTS_MISSING',
    anchors: anchorWith({ extensions: [caUsage] }),
  },
  'an anchor whose basicConstraints is not critical': {
    expected: 'PROFILE_VIOLATED',
    anchors: anchorWith({ extensions: [isCa(undefined, false), caUsage] }),
  },
  'an anchor whose key may not sign certificates': {
    expected: 'KEY_USAGE_FORBIDS_ISSUING',
    anchors: anchorWith({ extensions: [isCa(), usage(0, 6)] }),
  },
  'an anchor with an unknown critical extension': {
    expected: 'CRITICAL_EXTENSION_UNKNOWN',
    anchors: anchorWith({ extensions: [isCa(), caUsage, unknown] }),
  },
  'an anchor of version 1': {
    expected: 'valid',
    anchors: anchorWith({ version: new Uint8Array(), extensions: [] }),
  },
  'an anchor whose pathLenConstraint is kept': {
    expected: 'valid',
    anchors: anchorWith({ extensions: [isCa(0), caUsage] }),
  },
  'an anchor whose pathLenConstraint is exceeded': {
    expected: 'PATH_LENGTH_EXCEEDED',
    target: leaf('ca'),
    between: [ca],
    anchors: anchorWith({ extensions: [isCa(0), caUsage] }),
  },
  'an anchor whose name constraints the target breaks': {
    expected: 'NAME_NOT_PERMITTED',
    target: leaf('root', altNames([general.dns('example.net')])),
    anchors: anchorWith({
      extensions: [isCa(), caUsage, constraints({ permitted: [general.dns('example.org')] })],
    }),
  },
  'an anchor that requires a policy': {
    expected: 'POLICY_REQUIRED',
    anchors: anchorWith({ extensions: [isCa(), caUsage, policyConstraints({ require: 0 })] }),
  },
  'another anchor of the same name and key that is sound': {
    expected: 'valid',
    anchors: [...anchorWith({ extensions: [caUsage] }), root('root')],
  },
})
