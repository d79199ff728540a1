mod ladder;
mod network;
mod robust;
