import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import type { SignalIngestionConfig } from '../config.js';

const ivBytes = 12;
const tagBytes = 16;

/**
 * Keeps secrets that must be read again (keyed hashes need the key itself): AES-256-GCM under the installation's
 * SOURCE_SECRETS_KEY, each bound to its own row, so that a copy of the database alone opens none.
 */
@Injectable()
export class SecretBox {
  private readonly key: Buffer | null;

  constructor(@Inject(CONFIG) config: SignalIngestionConfig) {
    this.key = config.sourceSecretsKey;
  }

  /** False where the installation has no key: nothing can be sealed then. */
  get usable(): boolean {
    return this.key !== null;
  }

  /** `row` names the place it is kept at. Throws where the box is not usable. */
  seal(secret: string, row: string): Buffer {
    if (this.key === null) throw new Error('SOURCE_SECRETS_KEY is not set');
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(row));
    return Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** Null: it was sealed under another key, for another row, or was changed. */
  open(sealed: Buffer, row: string): string | null {
    if (this.key === null || sealed.length < ivBytes + tagBytes) return null;
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, ivBytes)).setAAD(Buffer.from(row)).setAuthTag(sealed.subarray(-tagBytes));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}
