export { AddressList } from './address-list.ts';
