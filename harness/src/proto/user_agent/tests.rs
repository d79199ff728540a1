mod again;
mod ladder;
mod network;
mod registering;
mod robust;
mod streams;
