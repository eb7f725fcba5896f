/** What the installers hold and how they are made: the configuration of electron-builder. */

import type { Configuration } from 'electron-builder';
import { root } from './bundle.ts';

export interface InstallerOptions {
  /** Folder with Electron's distribution for this system; electron-builder fetches it when it is not given. */
  electronFolder?: string;
  /** Where the installers go. */
  output?: string;
}

export function installerConfiguration({ electronFolder, output }: InstallerOptions = {}): Configuration {
  return {
    appId: 'dev.natscope.app',
    productName: 'Natscope',
    copyright: 'The Natscope authors',
    directories: { output: output ?? 'dist/installers', app: root },
    ...(electronFolder === undefined ? {} : { electronDist: electronFolder }),
    // Everything that runs is bundled: no package of node_modules goes along.
    files: ['package.json', 'dist/electron/**', 'dist/renderer/**', 'dist/icons/*.png', '!node_modules/**'],
    // The broker as a program for people with Node; nothing outside can run a file of the archive.
    extraResources: [
      { from: 'dist/broker', to: 'broker' },
      { from: 'LICENSE', to: 'LICENSE' },
      { from: 'dist/THIRD-PARTY-NOTICES.txt', to: 'THIRD-PARTY-NOTICES.txt' },
    ],
    asar: true,
    npmRebuild: false,
    nodeGypRebuild: false,
    publish: null,
    electronFuses: {
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    },
    protocols: [{ name: 'NATS address', schemes: ['nats'] }],
    artifactName: 'natscope-${version}-${os}-${arch}.${ext}',
    linux: {
      target: ['AppImage', 'deb'],
      executableName: 'natscope',
      icon: 'dist/icons/png',
      category: 'Development',
      synopsis: 'NATS server and explorer',
      maintainer: 'The Natscope authors <natscope@localhost>',
    },
    mac: {
      target: ['dmg'],
      icon: 'dist/icons/icon.icns',
      category: 'public.app-category.developer-tools',
      hardenedRuntime: true,
    },
    win: { target: ['nsis'], icon: 'dist/icons/icon.ico' },
    nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  };
}
