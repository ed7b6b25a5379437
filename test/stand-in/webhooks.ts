import type { Clock } from './clock';
import type { School } from './school';
import type { SchoolEvent } from './types';

/** What can start an automation. */
export type AutomationTrigger = SchoolEvent['type'];

/** A webhook app: an address that has accepted the test. */
export interface WebhookApp {
	readonly id: number;
	readonly url: string;
}

/** A rule of the school: when this happens, send that. */
export interface AutomationSpec {
	on: AutomationTrigger;
	/** Id of the app. */
	app: number;
	/** Only for this offer or this course. */
	offerId?: string;
	courseId?: string;
	/** Value of the field `event`; see `INVENTED_EVENTS` for what is sent where it is left out. */
	event?: string;
	/** Makes the whole body. */
	body?: (event: SchoolEvent) => unknown;
}

/** How deliveries are made. Whether and how Memberspot repeats one is not known. */
export interface DeliverySettings {
	/** How often a delivery that was not accepted is tried again. */
	retries: number;
	/** Pause before each further try, in milliseconds of the stand-in's clock. */
	retryDelayMs: number;
	/** How often each event is sent; 2 plays a sender that delivers twice. */
	copies: number;
	/** Longest wait for an answer, in milliseconds. */
	timeoutMs: number;
}

/** One try to deliver something. */
export interface Delivery {
	readonly n: number;
	readonly app: number;
	readonly url: string;
	readonly body: unknown;
	/** 1 for the first copy. */
	readonly copy: number;
	/** 1 for the first try. */
	readonly attempt: number;
	/** Status of the answer; null where none came. */
	readonly status: number | null;
	/** Only 200 and 201 count. */
	readonly accepted: boolean;
}

/**
 * The values of `event` that the stand-in sends.
 *
 * THESE NAMES ARE INVENTED. Memberspot documents `auth_test` only (help centre, webhooks); the names of
 * the real events and their fields are not public. Nothing may rely on them.
 */
export const INVENTED_EVENTS: { readonly [trigger in AutomationTrigger]: string } = {
	memberAdded: 'member_added',
	offerGranted: 'offer_granted',
	courseCompleted: 'course_completed',
};

/** The body of the test, exactly as documented (help centre, webhooks). */
const AUTH_TEST = { event: 'auth_test' };

const DEFAULTS: DeliverySettings = {
	retries: 3,
	retryDelayMs: 1_000,
	copies: 1,
	timeoutMs: 10_000,
};

/**
 * Plays Memberspot's side of webhooks: an app validates an address, and automations send to it when the
 * school changes.
 *
 * Documented are the POST with JSON, the test, and that 200 and 201 count as success. Everything else,
 * that is event names, fields, repeats and time limits, is invented.
 */
export class WebhookSender {
	readonly apps: WebhookApp[] = [];
	readonly automations: Array<AutomationSpec & { readonly id: number }> = [];
	/** Every try, in the order in which they ended. */
	readonly deliveries: Delivery[] = [];
	settings: DeliverySettings = { ...DEFAULTS };
	private readonly running = new Set<Promise<void>>();
	private stopping = new AbortController();
	private ids = 0;

	constructor(
		private readonly school: School,
		private readonly clock: Clock,
	) {
		school.onEvent((event) => this.react(event));
	}

	/**
	 * Adds a webhook app, as "Validate Now" and "Save" do: sends the test and takes the address on.
	 *
	 * @throws Error when the test is answered with anything but 200 or 201, or not at all
	 */
	async registerWebhookApp(url: string): Promise<WebhookApp> {
		const { status, reason } = await this.post(url, AUTH_TEST);
		if (!isSuccess(status))
			throw new Error(`The address did not accept the test: ${status ?? reason}`);
		const app = { id: ++this.ids, url };
		this.apps.push(app);

		return app;
	}

	/**
	 * Adds an automation. Without one an app gets nothing but the test.
	 *
	 * @throws Error when there is no such app
	 */
	addAutomation(spec: AutomationSpec): { readonly id: number } {
		this.app(spec.app);
		const automation = { ...spec, id: ++this.ids };
		this.automations.push(automation);

		return automation;
	}

	/**
	 * Sends a body of any form to an app, now, with the repeats and copies of the settings.
	 *
	 * @throws Error when there is no such app
	 */
	send(app: number, body: unknown, copies = this.settings.copies): void {
		const { url } = this.app(app);
		for (let copy = 1; copy <= copies; copy++) {
			const job = this.deliver(app, url, body, copy).finally(() => this.running.delete(job));
			this.running.add(job);
		}
	}

	/** Resolves when nothing is under way any more, repeats included. */
	async settled(): Promise<void> {
		while (this.running.size > 0) await Promise.all(this.running);
	}

	/** Forgets apps, automations, settings and deliveries, and stops what is under way. */
	reset(): void {
		this.stopping.abort();
		this.stopping = new AbortController();
		this.apps.length = 0;
		this.automations.length = 0;
		this.deliveries.length = 0;
		this.settings = { ...DEFAULTS };
	}

	private app(id: number): WebhookApp {
		const app = this.apps.find((one) => one.id === id);
		if (app === undefined) throw new Error(`there is no webhook app ${id}`);

		return app;
	}

	private react(event: SchoolEvent): void {
		for (const automation of this.automations) {
			if (automation.on !== event.type) continue;
			if (
				automation.offerId !== undefined &&
				!(event.type === 'offerGranted' && event.grant.offerId === automation.offerId)
			)
				continue;
			if (
				automation.courseId !== undefined &&
				!(event.type === 'courseCompleted' && event.courseId === automation.courseId)
			)
				continue;
			this.send(automation.app, automation.body?.(event) ?? this.bodyOf(event, automation.event));
		}
	}

	/** An invented body, see `INVENTED_EVENTS`. */
	private bodyOf(event: SchoolEvent, name = INVENTED_EVENTS[event.type]): object {
		const { uid, email, firstname, name: lastName } = event.user;
		const who = { event: name, uid, email, firstname, name: lastName };
		switch (event.type) {
			case 'memberAdded':
				return who;
			case 'offerGranted': {
				const { offerId, orderId } = event.grant;

				return {
					...who,
					offerId,
					offerName: this.school.offer(offerId)?.name,
					...(orderId === undefined ? {} : { orderId }),
				};
			}
			case 'courseCompleted':
				return { ...who, courseId: event.courseId };
		}
	}

	private async deliver(app: number, url: string, body: unknown, copy: number): Promise<void> {
		const { retries, retryDelayMs } = this.settings;
		const { signal } = this.stopping;
		for (let attempt = 1; attempt <= retries + 1; attempt++) {
			if (attempt > 1) await this.clock.sleep(retryDelayMs, signal);
			if (signal.aborted) return;
			const { status } = await this.post(url, body);
			// A reset in between has emptied the list for whoever comes next.
			if (signal.aborted) return;
			const accepted = isSuccess(status);
			this.deliveries.push({
				n: this.deliveries.length + 1,
				app,
				url,
				body,
				copy,
				attempt,
				status,
				accepted,
			});
			if (accepted) return;
		}
	}

	private async post(
		url: string,
		body: unknown,
	): Promise<{ status: number | null; reason?: string }> {
		try {
			const answer = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
				redirect: 'manual',
				signal: AbortSignal.any([
					this.stopping.signal,
					AbortSignal.timeout(this.settings.timeoutMs),
				]),
			});
			await answer.arrayBuffer();

			return { status: answer.status };
		} catch (error) {
			return { status: null, reason: String(error) };
		}
	}
}

function isSuccess(status: number | null): boolean {
	return status === 200 || status === 201;
}
