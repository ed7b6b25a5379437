/** Where Memberspot's API is. */
export const DEFAULT_BASE_URL = 'https://api.memberspot.de';
