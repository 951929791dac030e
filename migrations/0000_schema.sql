CREATE TABLE `api_key` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`workspace_seq` integer NOT NULL,
	`name` text NOT NULL,
	`secret_sha256` text NOT NULL,
	`permissions` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`last_used_at` integer,
	FOREIGN KEY (`workspace_seq`) REFERENCES `workspace`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_key_id_unique` ON `api_key` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `api_key_secret_sha256_unique` ON `api_key` (`secret_sha256`);--> statement-breakpoint
CREATE INDEX `api_key_workspace` ON `api_key` (`workspace_seq`,`seq`) WHERE revoked_at IS NULL;--> statement-breakpoint
CREATE TABLE `idempotency_key` (
	`scope_id` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`resource_id` text NOT NULL,
	`answer_status` integer,
	`answer_body` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`scope_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_key_resource` ON `idempotency_key` (`resource_id`);--> statement-breakpoint
CREATE INDEX `idempotency_key_created` ON `idempotency_key` (`created_at`);--> statement-breakpoint
CREATE TABLE `installation` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `workspace` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `workspace_id_unique` ON `workspace` (`id`);--> statement-breakpoint
CREATE TABLE `ses_setup` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`workspace_seq` integer NOT NULL,
	`tenant_name` text NOT NULL,
	`domain_identity` text NOT NULL,
	`region` text NOT NULL,
	`status` text NOT NULL,
	`steps_done` integer DEFAULT 0 NOT NULL,
	`tenant_arn` text,
	`dkim` text,
	`verdicts` text DEFAULT '[]' NOT NULL,
	`dns_verified` integer DEFAULT false NOT NULL,
	`dns_checked_at` integer,
	`dns_lost_at` integer,
	`dkim_rearmed_at` integer,
	`mail_from_rearmed_at` integer,
	`sending_paused_cause` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`workspace_seq`) REFERENCES `workspace`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ses_setup_id_unique` ON `ses_setup` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `ses_setup_tenant_name` ON `ses_setup` (`tenant_name`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `ses_setup_domain_identity` ON `ses_setup` (`domain_identity`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `ses_setup_released` ON `ses_setup` (`domain_identity`,`deleted_at`) WHERE deleted_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `ses_setup_workspace` ON `ses_setup` (`workspace_seq`,`seq`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE TABLE `use_case` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`workspace_seq` integer NOT NULL,
	`channel` text NOT NULL,
	`entity_name` text NOT NULL,
	`name` text NOT NULL,
	`entity_name_folded` text NOT NULL,
	`name_folded` text NOT NULL,
	`description` text,
	`status` text NOT NULL,
	`setup_seq` integer,
	`configuration_set_name` text,
	`sender_email_address` text,
	`sender_canonical` text,
	`sender_display_name` text,
	`email_type` text,
	`unsubscribe_scope` text,
	`tier` text,
	`twilio_setup_seq` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`workspace_seq`) REFERENCES `workspace`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`setup_seq`) REFERENCES `ses_setup`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`twilio_setup_seq`) REFERENCES `twilio_setup`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `use_case_id_unique` ON `use_case` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `use_case_names` ON `use_case` (`workspace_seq`,`entity_name_folded`,`name_folded`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `use_case_configuration_set` ON `use_case` (`configuration_set_name`) WHERE deleted_at IS NULL AND configuration_set_name IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `use_case_sender` ON `use_case` (`sender_canonical`) WHERE deleted_at IS NULL AND sender_canonical IS NOT NULL;--> statement-breakpoint
CREATE INDEX `use_case_setup` ON `use_case` (`setup_seq`,`seq`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `use_case_twilio_setup` ON `use_case` (`twilio_setup_seq`,`seq`) WHERE deleted_at IS NULL AND twilio_setup_seq IS NOT NULL;--> statement-breakpoint
CREATE INDEX `use_case_workspace` ON `use_case` (`workspace_seq`,`seq`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE TABLE `email` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`workspace_seq` integer NOT NULL,
	`setup_seq` integer NOT NULL,
	`use_case_seq` integer NOT NULL,
	`from_address` text NOT NULL,
	`to_address` text NOT NULL,
	`to_canonical` text NOT NULL,
	`subject` text NOT NULL,
	`has_attachment` integer NOT NULL,
	`email_type` text NOT NULL,
	`tier` text NOT NULL,
	`unsubscribe_scope` text NOT NULL,
	`send_outcome` text NOT NULL,
	`written_at` integer NOT NULL,
	`sent_at` integer,
	`provider_message_id` text,
	`updated_at` integer NOT NULL,
	`thread_id` text,
	`in_reply_to_id` text,
	`reference_ids` text,
	`cohort_at` integer,
	`counted_as` integer,
	`state` text DEFAULT 'sent' NOT NULL,
	`delivered_at` integer,
	`bounced_at` integer,
	`bounce_type` text,
	`bounce_subtype` text,
	`complained_at` integer,
	`counted_bounces` integer DEFAULT 0 NOT NULL,
	`counted_complaints` integer DEFAULT 0 NOT NULL,
	`rejected_at` integer,
	`delivery_delay_at` integer,
	`first_open_at` integer,
	`last_open_at` integer,
	`open_count` integer DEFAULT 0 NOT NULL,
	`machine_open_count` integer DEFAULT 0 NOT NULL,
	`first_click_at` integer,
	`last_click_at` integer,
	`click_count` integer DEFAULT 0 NOT NULL,
	`machine_click_count` integer DEFAULT 0 NOT NULL,
	`listed_state` text GENERATED ALWAYS AS (CASE send_outcome WHEN 'sent' THEN state ELSE send_outcome END) VIRTUAL,
	`listed_at` integer GENERATED ALWAYS AS (coalesce(sent_at, written_at)) VIRTUAL,
	FOREIGN KEY (`workspace_seq`) REFERENCES `workspace`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`setup_seq`) REFERENCES `ses_setup`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`use_case_seq`) REFERENCES `use_case`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `email_id_unique` ON `email` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `email_provider_message` ON `email` (`provider_message_id`) WHERE provider_message_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `email_thread` ON `email` (`thread_id`,`sent_at`) WHERE thread_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `email_thread_party` ON `email` (`thread_id`,`to_canonical`) WHERE thread_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `email_use_case` ON `email` (`use_case_seq`,`listed_state`,`listed_at`);--> statement-breakpoint
CREATE INDEX `email_use_case_to` ON `email` (`use_case_seq`,`to_canonical`,`listed_state`,`listed_at`);--> statement-breakpoint
CREATE INDEX `email_setup` ON `email` (`workspace_seq`,`setup_seq`,`listed_state`,`listed_at`);--> statement-breakpoint
CREATE INDEX `email_setup_to` ON `email` (`setup_seq`,`to_canonical`,`listed_state`,`listed_at`);--> statement-breakpoint
CREATE INDEX `email_cohort` ON `email` (`use_case_seq`,`cohort_at`) WHERE cohort_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `email_attachment` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`email_seq` integer NOT NULL,
	`position` integer NOT NULL,
	`filename` text NOT NULL,
	`content_type` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	FOREIGN KEY (`email_seq`) REFERENCES `email`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `email_attachment_id_unique` ON `email_attachment` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `email_attachment_email` ON `email_attachment` (`email_seq`,`position`);--> statement-breakpoint
CREATE TABLE `email_event` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`email_seq` integer,
	`workspace_seq` integer,
	`setup_seq` integer,
	`use_case_seq` integer,
	`type` text NOT NULL,
	`provider_message_id` text NOT NULL,
	`tagged_email_id` text,
	`mail_sent_at` integer NOT NULL,
	`occurred_at` integer NOT NULL,
	`received_at` integer NOT NULL,
	`notification_id` text NOT NULL,
	`natural_key` text NOT NULL,
	`bounce_type` text,
	`bounce_subtype` text,
	`complaint_feedback_type` text,
	`complaint_subtype` text,
	`is_likely_bot` integer NOT NULL,
	FOREIGN KEY (`email_seq`) REFERENCES `email`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `email_event_id_unique` ON `email_event` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `email_event_notification_id_unique` ON `email_event` (`notification_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `email_event_natural_key_unique` ON `email_event` (`natural_key`);--> statement-breakpoint
CREATE INDEX `email_event_email` ON `email_event` (`email_seq`,`type`,`occurred_at`) WHERE email_seq IS NOT NULL;--> statement-breakpoint
CREATE INDEX `email_event_use_case` ON `email_event` (`use_case_seq`,`type`,`occurred_at`) WHERE use_case_seq IS NOT NULL;--> statement-breakpoint
CREATE INDEX `email_event_setup` ON `email_event` (`workspace_seq`,`setup_seq`,`type`,`occurred_at`) WHERE setup_seq IS NOT NULL;--> statement-breakpoint
CREATE INDEX `email_event_waiting_message` ON `email_event` (`provider_message_id`) WHERE email_seq IS NULL;--> statement-breakpoint
CREATE INDEX `email_event_waiting_tag` ON `email_event` (`tagged_email_id`) WHERE email_seq IS NULL AND tagged_email_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `email_event_raw` (
	`event_seq` integer PRIMARY KEY NOT NULL,
	`json` text NOT NULL,
	FOREIGN KEY (`event_seq`) REFERENCES `email_event`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `inbound_arrival` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`bucket` text NOT NULL,
	`key` text NOT NULL,
	`source` text NOT NULL,
	`announced` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `inbound_arrival_id_unique` ON `inbound_arrival` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `inbound_arrival_place` ON `inbound_arrival` (`bucket`,`key`);--> statement-breakpoint
CREATE TABLE `inbound_await` (
	`seq` integer PRIMARY KEY NOT NULL,
	`setup_seq` integer NOT NULL,
	`key` text NOT NULL,
	`email_seq` integer NOT NULL,
	`rank` integer NOT NULL,
	`matched_by` text NOT NULL,
	FOREIGN KEY (`email_seq`) REFERENCES `inbound_email`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `inbound_await_key` ON `inbound_await` (`setup_seq`,`key`,`email_seq`);--> statement-breakpoint
CREATE UNIQUE INDEX `inbound_await_email` ON `inbound_await` (`email_seq`,`rank`);--> statement-breakpoint
CREATE TABLE `inbound_bucket` (
	`bucket` text PRIMARY KEY NOT NULL,
	`reconciled_to` text
);
--> statement-breakpoint
CREATE TABLE `inbound_email` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`workspace_seq` integer NOT NULL,
	`setup_seq` integer NOT NULL,
	`use_case_seq` integer,
	`provider_message_id` text NOT NULL,
	`from_address` text,
	`correspondent` text,
	`to_addresses` text NOT NULL,
	`subject` text NOT NULL,
	`received_at` integer NOT NULL,
	`mail_class` text NOT NULL,
	`thread_id` text NOT NULL,
	`parent_email_id` text,
	`matched_by` text NOT NULL,
	`known_sender` integer NOT NULL,
	`has_attachment` integer NOT NULL,
	`message_id` text,
	`message_key` text,
	`in_reply_to` text NOT NULL,
	`reference_ids` text NOT NULL,
	`chain` text NOT NULL,
	`verdicts` text NOT NULL,
	`parse_status` text NOT NULL,
	`raw_size_bytes` integer,
	`has_html` integer NOT NULL,
	`has_text` integer NOT NULL,
	FOREIGN KEY (`workspace_seq`) REFERENCES `workspace`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`setup_seq`) REFERENCES `ses_setup`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`use_case_seq`) REFERENCES `use_case`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `inbound_email_id_unique` ON `inbound_email` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `inbound_receipt` ON `inbound_email` (`provider_message_id`,`setup_seq`);--> statement-breakpoint
CREATE INDEX `inbound_message` ON `inbound_email` (`setup_seq`,`message_key`,`correspondent`) WHERE message_key IS NOT NULL;--> statement-breakpoint
CREATE INDEX `inbound_thread` ON `inbound_email` (`thread_id`,`received_at`);--> statement-breakpoint
CREATE INDEX `inbound_thread_party` ON `inbound_email` (`thread_id`,`correspondent`) WHERE known_sender;--> statement-breakpoint
CREATE INDEX `inbound_use_case` ON `inbound_email` (`use_case_seq`,`mail_class`,`received_at`) WHERE use_case_seq IS NOT NULL;--> statement-breakpoint
CREATE INDEX `inbound_use_case_from` ON `inbound_email` (`use_case_seq`,`correspondent`,`mail_class`,`received_at`) WHERE use_case_seq IS NOT NULL;--> statement-breakpoint
CREATE INDEX `inbound_setup` ON `inbound_email` (`workspace_seq`,`setup_seq`,`mail_class`,`received_at`);--> statement-breakpoint
CREATE INDEX `inbound_setup_from` ON `inbound_email` (`workspace_seq`,`setup_seq`,`correspondent`,`mail_class`,`received_at`);--> statement-breakpoint
CREATE TABLE `inbound_file` (
	`seq` integer PRIMARY KEY NOT NULL,
	`email_seq` integer NOT NULL,
	`position` integer NOT NULL,
	`filename` text NOT NULL,
	`content_type` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	`content_id` text,
	`is_inline` integer NOT NULL,
	FOREIGN KEY (`email_seq`) REFERENCES `inbound_email`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `inbound_file_email` ON `inbound_file` (`email_seq`,`position`);--> statement-breakpoint
CREATE TABLE `phone_number` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`use_case_seq` integer NOT NULL,
	`phone_number_sid` text NOT NULL,
	`phone_number` text NOT NULL,
	`status` text NOT NULL,
	`former_target` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`released_at` integer,
	FOREIGN KEY (`use_case_seq`) REFERENCES `use_case`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `phone_number_id_unique` ON `phone_number` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `phone_number_sid` ON `phone_number` (`phone_number_sid`) WHERE released_at IS NULL;--> statement-breakpoint
CREATE INDEX `phone_number_use_case` ON `phone_number` (`use_case_seq`,`seq`) WHERE released_at IS NULL;--> statement-breakpoint
CREATE TABLE `voice_webhook` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`phone_number_seq` integer NOT NULL,
	`kind` text NOT NULL,
	`call_sid` text NOT NULL,
	`call_status` text NOT NULL,
	`sequence` text NOT NULL,
	`parameters` text NOT NULL,
	`received_at` integer NOT NULL,
	FOREIGN KEY (`phone_number_seq`) REFERENCES `phone_number`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `voice_webhook_id_unique` ON `voice_webhook` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `voice_webhook_once` ON `voice_webhook` (`phone_number_seq`,`call_sid`,`kind`,`call_status`,`sequence`);--> statement-breakpoint
CREATE INDEX `voice_webhook_received` ON `voice_webhook` (`phone_number_seq`,`received_at`);--> statement-breakpoint
CREATE TABLE `account_quota` (
	`seq` integer PRIMARY KEY NOT NULL,
	`mails_in_24_hours` integer,
	`mails_per_second` integer,
	`said_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `account_use` (
	`seq` integer PRIMARY KEY NOT NULL,
	`workspace_seq` integer NOT NULL,
	`hour_starts_at` integer NOT NULL,
	`taken` integer NOT NULL,
	`second_starts_at` integer NOT NULL,
	`taken_in_second` integer NOT NULL,
	FOREIGN KEY (`workspace_seq`) REFERENCES `workspace`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `account_use_workspace` ON `account_use` (`workspace_seq`,`hour_starts_at`);--> statement-breakpoint
CREATE INDEX `account_use_hour` ON `account_use` (`hour_starts_at`);--> statement-breakpoint
CREATE TABLE `cohort` (
	`seq` integer PRIMARY KEY NOT NULL,
	`use_case_seq` integer NOT NULL,
	`starts_at` integer NOT NULL,
	`taken` integer NOT NULL,
	`sent` integer NOT NULL,
	`delivered` integer NOT NULL,
	`bounced` integer NOT NULL,
	`complained` integer NOT NULL,
	FOREIGN KEY (`use_case_seq`) REFERENCES `use_case`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `cohort_use_case` ON `cohort` (`use_case_seq`,`starts_at`);--> statement-breakpoint
CREATE TABLE `standing` (
	`seq` integer PRIMARY KEY NOT NULL,
	`use_case_seq` integer NOT NULL,
	`workspace_seq` integer NOT NULL,
	`domain_identity` text NOT NULL,
	`tier_since` integer NOT NULL,
	`came_from` text,
	`counts_from` integer NOT NULL,
	`capacity` integer NOT NULL,
	`incident_at` integer,
	`offence` integer,
	`suspended_until` integer,
	`is_stopped` integer DEFAULT false NOT NULL,
	`carried_day_starts_at` integer NOT NULL,
	`carried_taken` integer NOT NULL,
	`moving_to` text,
	FOREIGN KEY (`use_case_seq`) REFERENCES `use_case`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`workspace_seq`) REFERENCES `workspace`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `standing_use_case_seq_unique` ON `standing` (`use_case_seq`);--> statement-breakpoint
CREATE INDEX `standing_domain` ON `standing` (`workspace_seq`,`domain_identity`);--> statement-breakpoint
CREATE INDEX `standing_incident` ON `standing` (`workspace_seq`,`domain_identity`,`incident_at`) WHERE incident_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `tier_change` (
	`seq` integer PRIMARY KEY NOT NULL,
	`use_case_seq` integer NOT NULL,
	`workspace_seq` integer NOT NULL,
	`domain_identity` text NOT NULL,
	`at` integer NOT NULL,
	`from_tier` text NOT NULL,
	`to_tier` text NOT NULL,
	`why` text NOT NULL,
	`figures` text NOT NULL,
	`capacity` integer NOT NULL,
	`incident_at` integer,
	`offence` integer,
	`suspended_until` integer,
	`is_stopped` integer NOT NULL,
	`released_from` integer,
	FOREIGN KEY (`use_case_seq`) REFERENCES `use_case`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`workspace_seq`) REFERENCES `workspace`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `tier_change_use_case` ON `tier_change` (`use_case_seq`,`at`);--> statement-breakpoint
CREATE INDEX `tier_change_incident` ON `tier_change` (`workspace_seq`,`domain_identity`,`incident_at`) WHERE incident_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tier_change_release` ON `tier_change` (`workspace_seq`,`domain_identity`,`released_from`) WHERE released_from IS NOT NULL;--> statement-breakpoint
CREATE TABLE `suppression` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`workspace_seq` integer NOT NULL,
	`setup_seq` integer NOT NULL,
	`use_case_seq` integer,
	`address` text NOT NULL,
	`reason` text NOT NULL,
	`since` integer,
	`last_at` integer,
	`expires_at` integer,
	`source_email_id` text,
	`lifted_at` integer,
	FOREIGN KEY (`workspace_seq`) REFERENCES `workspace`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`setup_seq`) REFERENCES `ses_setup`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`use_case_seq`) REFERENCES `use_case`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `suppression_id_unique` ON `suppression` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `suppression_once_for_setup` ON `suppression` (`setup_seq`,`address`,`reason`) WHERE use_case_seq IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `suppression_once_for_use_case` ON `suppression` (`use_case_seq`,`address`,`reason`) WHERE use_case_seq IS NOT NULL;--> statement-breakpoint
CREATE INDEX `suppression_address` ON `suppression` (`address`,`setup_seq`,`reason`,`since`) WHERE since IS NOT NULL;--> statement-breakpoint
CREATE INDEX `suppression_setup` ON `suppression` (`setup_seq`,`reason`,`since`) WHERE since IS NOT NULL;--> statement-breakpoint
CREATE INDEX `suppression_whole_setup` ON `suppression` (`setup_seq`,`reason`,`since`) WHERE since IS NOT NULL AND use_case_seq IS NULL;--> statement-breakpoint
CREATE INDEX `suppression_use_case` ON `suppression` (`use_case_seq`,`reason`,`since`) WHERE since IS NOT NULL AND use_case_seq IS NOT NULL;--> statement-breakpoint
CREATE TABLE `provider_turn` (
	`seq` integer PRIMARY KEY NOT NULL,
	`next_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `task` (
	`seq` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`run_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`fence` integer NOT NULL,
	`claimed_until` integer,
	`claim_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `task_subject` ON `task` (`kind`,`subject_id`);--> statement-breakpoint
CREATE INDEX `task_run_at` ON `task` (`run_at`);--> statement-breakpoint
CREATE INDEX `task_claim` ON `task` (`claim_id`) WHERE claim_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `twilio_setup` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`workspace_seq` integer NOT NULL,
	`friendly_name` text NOT NULL,
	`account_sid` text NOT NULL,
	`customer_profile_sid` text NOT NULL,
	`sealed_token` text NOT NULL,
	`customer_profile_status` text NOT NULL,
	`customer_profile_checked_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`workspace_seq`) REFERENCES `workspace`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `twilio_setup_id_unique` ON `twilio_setup` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `twilio_setup_account` ON `twilio_setup` (`account_sid`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `twilio_setup_workspace` ON `twilio_setup` (`workspace_seq`,`seq`) WHERE deleted_at IS NULL;