import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('webhook_endpoint')
@Check('webhook_endpoint_state', `state IN ('active', 'disabled')`)
export class WebhookEndpointEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  url!: string;

  @Column('text', { name: 'event_types', array: true })
  eventTypes!: string[];

  /** `whsec_` and base64. Kept readable: every delivery is signed with it. */
  @Column('text')
  secret!: string;

  @Column('text')
  state!: 'active' | 'disabled';

  @Column('text', { name: 'disabled_reason', nullable: true })
  disabledReason!: string | null;

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt!: Date | null;

  @Column('integer', { name: 'consecutive_failures' })
  consecutiveFailures!: number;

  @Column('timestamptz', { name: 'failing_since', nullable: true })
  failingSince!: Date | null;

  @Column('timestamptz', { name: 'held_until', nullable: true })
  heldUntil!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
