/** Tests that boot the image in QEMU: `npm run test:image`. One after the other, each with much patience. */
export default {
  files: ['test/image/**/*.test.ts'],
  extensions: ['ts'],
  timeout: '15m',
  serial: true,
  concurrency: 1,
  workerThreads: false,
}
