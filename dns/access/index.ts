export { AddressList, AddressListError } from './address-list.ts';
