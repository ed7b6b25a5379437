/** The workflows that are put together here, by the name of their file. */
import { advancedOfferWorkflow } from './advanced.mjs';
import { movingIn } from './moving-in/index.mjs';
import { paymentWorkflow, retryWorkflow } from './payments.mjs';
import { seatsWorkflow } from './seats.mjs';
import { ablefy } from './shops/ablefy.mjs';
import { copecart } from './shops/copecart.mjs';
import { digistore24 } from './shops/digistore24.mjs';
import { other } from './shops/other.mjs';
import { shopify } from './shops/shopify.mjs';
import { stripe } from './shops/stripe.mjs';
import { thrivecart } from './shops/thrivecart.mjs';
import { woocommerce } from './shops/woocommerce.mjs';
import { upgradeWorkflow } from './upgrade.mjs';

const SHOPS = [digistore24, stripe, copecart, ablefy, thrivecart, woocommerce, shopify, other];

export const WORKFLOWS = {
	...Object.fromEntries(
		SHOPS.map((shop) => [shop.file ?? `payment-${shop.id}`, () => paymentWorkflow(shop)]),
	),
	'payment-retry': retryWorkflow,
	'upgrade-to-bundle': upgradeWorkflow,
	'corporate-seats': seatsWorkflow,
	'event-advanced-offer': advancedOfferWorkflow,
	...movingIn,
};
