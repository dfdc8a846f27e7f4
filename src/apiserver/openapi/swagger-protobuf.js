import protobuf from 'protobufjs/minimal.js';
