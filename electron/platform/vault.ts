/** The operating system's key store, as the secrets of connections use it. */

import type { SafeStorage } from 'electron';
import type { SystemVault } from '../persistence/secrets.ts';

export function systemVault(storage: SafeStorage, platform: NodeJS.Platform): SystemVault {
  return {
    available() {
      if (!storage.isEncryptionAvailable()) return false;
      // Without a key store Linux gives a fixed password, which protects from nobody.
      return platform !== 'linux' || !['basic_text', 'unknown'].includes(storage.getSelectedStorageBackend());
    },
    encrypt: (text) => storage.encryptString(text),
    decrypt: (bytes) => storage.decryptString(Buffer.from(bytes)),
  };
}
