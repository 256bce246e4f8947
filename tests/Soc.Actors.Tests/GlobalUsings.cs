// Akka has an Envelope and an Inbox of its own.
global using Envelope = Soc.Actors.Messages.Envelope;
global using Inbox = Soc.Actors.Agents.Inbox;
