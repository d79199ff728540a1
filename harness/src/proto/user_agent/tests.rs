mod again;
mod ladder;
mod network;
mod proxying;
mod registering;
mod robust;
mod streams;
