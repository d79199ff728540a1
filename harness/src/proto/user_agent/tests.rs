mod ladder;
mod network;
mod robust;
mod streams;
