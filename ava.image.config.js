/** Tests that boot the image in QEMU: `npm run test:image`. One after the other, each with much patience: the turn of another run is waited for. */
export default {
  files: ['test/image/**/*.test.ts'],
  extensions: ['ts'],
  timeout: '4h',
  serial: true,
  concurrency: 1,
  workerThreads: false,
}
