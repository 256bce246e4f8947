// Akka has an Envelope and an Inbox of its own, which nobody here needs.
global using Envelope = Soc.Actors.Messages.Envelope;
global using Inbox = Soc.Actors.Agents.Inbox;
