export { certificateAdmission } from './admission.ts';
export { certificateRequests, type CertificateRequestsDeps } from './certificate-requests.ts';
