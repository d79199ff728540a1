mod again;
mod ladder;
mod network;
mod robust;
