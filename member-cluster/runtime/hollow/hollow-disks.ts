import { directory, Quota, type DirectoryNode } from './shell/file-system.ts';

/** The provisioner, and the driver, of volumes that are as hollow as the containers that mount them. */
export const HOLLOW_DRIVER = 'hollow.koinon.dev';

/** The files of volumes that outlive pods, for all nodes of a cluster. In memory: gone with the process. */
export class HollowDisks {
  readonly #disks = new Map<string, DirectoryNode>();

  /** Of the volume of this name; empty until somebody writes to it. */
  of(volume: string): DirectoryNode {
    const disk = this.#disks.get(volume) ?? directory(new Quota());
    this.#disks.set(volume, disk);
    return disk;
  }

  remove(volume: string): void {
    this.#disks.delete(volume);
  }
}
