mod again;
mod ladder;
mod network;
mod proxying;
mod registering;
mod reliable;
mod robust;
mod streams;
