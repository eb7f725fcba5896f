/**
 * What is selected, shared by tree, list, inspector and composer. The tree sets `node` and with it the scope of the
 * list; the list sets `sequence` and with it what the inspector shows. Each connection keeps its own selection.
 */

import { ROOT_NODE } from '../../electron/bridge/contract.ts';
import type { ConnectionId, NodeId } from '../../electron/bridge/contract.ts';

export interface Selected {
  connection: ConnectionId;
  /** Row of the tree; `ROOT_NODE` when none is selected. */
  node: NodeId;
  /** Subject of the message when one is selected, else that of the tree row: a whole subject, or a branch's prefix. */
  subject: string;
  /** Account of the subject, where the connection is in several. */
  account: string | undefined;
  /** Whether `subject` is a prefix, not a subject that carried messages. */
  branch: boolean;
  /** Message in the list; null: the newest of a leaf, nothing of a branch. */
  sequence: number | null;
  /** Node of the message, or of the tree row. */
  subjectNode: NodeId;
}

function nothing(connection: ConnectionId): Selected {
  return {
    connection,
    node: ROOT_NODE,
    subject: '',
    account: undefined,
    branch: true,
    sequence: null,
    subjectNode: ROOT_NODE,
  };
}

class Selection {
  #kept = new Map<ConnectionId, Selected>();
  #current = $state.raw<Selected>(nothing('local'));

  /** Changes as a whole, never in place. */
  get current(): Selected {
    return this.#current;
  }

  /** Another connection is shown: its selection comes back. */
  show(connection: ConnectionId): void {
    if (this.#current.connection === connection) return;
    this.#current = this.#kept.get(connection) ?? nothing(connection);
  }

  /** A row of the tree. */
  selectNode(node: NodeId, subject: string, branch: boolean, account?: string): void {
    this.#set({ ...this.#current, node, subject, account, branch, subjectNode: node, sequence: null });
  }

  /** A message, by its capture sequence. `node` is the message's own. */
  selectMessage(sequence: number, subject: string, node: NodeId, account?: string): void {
    this.#set({ ...this.#current, sequence, subject, account, branch: false, subjectNode: node });
  }

  /** The capture was cleared: nodes and sequences mean nothing any more. */
  clear(): void {
    this.#set(nothing(this.#current.connection));
  }

  forget(connection: ConnectionId): void {
    this.#kept.delete(connection);
  }

  #set(selected: Selected): void {
    this.#current = selected;
    this.#kept.set(selected.connection, selected);
  }
}

export const selection = new Selection();
