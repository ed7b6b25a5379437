export { getManyOffers } from './getAll.operation';
export { grantOffer } from './grant.operation';
export { removeOffer } from './remove.operation';
export { setOfferState } from './setState.operation';
