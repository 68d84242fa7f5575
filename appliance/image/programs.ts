/**
 * The programs of Debian that stay in the image: all others in the folders of programs are removed, so that a package brings no more than
 * what somebody named here. No shell, no interpreter but Node, nobody to log in, nothing to install packages with. An owner who needs one adds a row.
 */
export const keptPrograms: Readonly<Record<string, string>> = {
  chronyc: 'where the time comes from, for the page of health',
  chronyd: 'time from local servers',
  clamd: 'the virus check',
  sigtool: 'whether a database of signatures is genuine',
  clamscan: 'whether a list of signatures can be loaded',
  cryptsetup: 'the data partition',
  dmsetup: 'the data partition: names of what is open',
  e2fsck: 'the data partition after a power cut',
  journalctl: 'the record of the machine, for the console and the page of health',
  kmod: 'kernel modules',
  'mkfs.ext4': 'the data partition at first boot',
  mke2fs: 'what mkfs.ext4 is',
  modprobe: 'kernel modules; what kmod is',
  mount: 'systemd mounts by it',
  networkctl: 'the network after it was set',
  nft: 'the packet filter',
  resize2fs: 'the data partition on a larger disk',
  systemctl: 'the machine’s acts: restart, power off',
  'systemd-ask-password': 'the passphrase at start',
  'systemd-cryptenroll': 'the TPM',
  'systemd-notify': 'units say that they are ready',
  'systemd-repart': 'the data partition on a larger disk',
  'systemd-tmpfiles': 'folders of the data partition',
  'systemd-tty-ask-password-agent': 'the passphrase at start',
  tpm2: 'the data partition: its key in the TPM, the counter against downgrade',
  tune2fs: 'the data partition',
  udevadm: 'devices',
  umount: 'systemd unmounts by it',
}

/** What programs of tpm2-tools are called by: links to `tpm2`. */
export const keptProgramPrefixes: readonly string[] = [
  ...[
    'tpm2_nv',
    'tpm2_getcap',
    'tpm2_pcr',
    'tpm2_policy',
    'tpm2_startauthsession',
    'tpm2_flushcontext',
  ],
  ...[
    'tpm2_create',
    'tpm2_load',
    'tpm2_unseal',
    'tpm2_clear',
    'tpm2_verifysignature',
    'tpm2_getrandom',
  ],
]

/** Of systemd's own helpers and units: those that belong to what an appliance does not do. Names of files below usr/lib/systemd. */
export const droppedOfSystemd: readonly RegExp[] = [
  /^system\/(?:.*\.wants\/)?(?:console-)?getty|^system\/(?:.*\.wants\/)?(?:serial-getty|container-getty|autovt)@/,
  /^system\/(?:.*\.wants\/)?systemd-(?:logind|user-sessions|homed|hostnamed|localed|timedated|update-utmp|firstboot|machine-id-commit|update-done|hwdb-update|journal-catalog-update|sysusers|bless-boot-generator|boot-check-no-failures|sysext|quotacheck|initctl|network-wait-online|battery-check)/,
  /^system\/(?:.*\.wants\/)?(?:user@|user-runtime-dir@|user\.slice|debug-shell|rescue|emergency|initrd|rc-local|system-update|sys-kernel-debug|sys-kernel-tracing|sys-kernel-config|sys-fs-fuse-connections|dev-hugepages|proc-sys-fs-binfmt|systemd-binfmt|ldconfig|quotaon|container|machines|var-lib-machines|dbus-org)/,
  /^system\/(?:.*\.wants\/)?systemd-(?:pcrphase|pcrfs|pcrmachine|repart|volatile-root|growfs-root|confext)/,
  /^(?:user|user-preset|user-generators|user-environment-generators|ntp-units\.d|portable|boot)(?:\/|$)/,
  /^system-generators\/systemd-(?:getty|system-update|rc-local|sysv|run|debug|hibernate-resume|bless-boot|gpt-auto|veritysetup|cryptsetup|integritysetup|fstab)-generator$/,
  /^systemd-(?:logind|user-sessions|user-runtime-dir|homed|hostnamed|localed|timedated|update-utmp|hibernate-resume|sulogin-shell|initctl|update-done|export|importd|pull|veritysetup|integritysetup|bless-boot-generator|network-generator|sysv-install|update-helper|boot-check-no-failures)$/,
]
